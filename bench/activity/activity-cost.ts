import { createHash } from 'node:crypto';
import type { WorkerPlugin } from '@temporalio/worker';
import { added, interleave, median } from '../interleave';
import type { BenchContext, Measurement } from '../measurement';
import { type ModelCall, modelCall } from '../model-call';
import {
  agentObservabilityPlugin,
  assertNothingFailed,
  flushTracing,
  openTelemetryPlugin,
  startTracing,
  temporaryDirectory,
} from '../variants';
import { runActivity } from './activity-runner';
import { mainThreadMicroseconds } from './main-thread-time';
import { type ObservedWorker, startObservedWorker } from './observed-worker';

const SMALL = { bytes: 1_000, attempts: 500, rounds: 30 };
const LARGE = { bytes: 100_000, attempts: 50, rounds: 15 };

/** What each variant adds to an activity attempt, against what Temporal's OpenTelemetry interceptors add. */
export async function activityCost(context: BenchContext): Promise<Measurement[]> {
  startTracing();
  const address = await context.temporalAddress();
  const record = (capture: 'full' | 'metadata') =>
    agentObservabilityPlugin({ content: { directory: temporaryDirectory(), capture } });

  const small = await addedMicroseconds(address, SMALL, context, {
    openTelemetry: openTelemetryPlugin(),
    disabled: agentObservabilityPlugin({ mode: 'off' }),
    metricsAndSpan: agentObservabilityPlugin(),
    journal: record('metadata'),
    content: record('full'),
  });
  const large = await addedMicroseconds(address, LARGE, context, {
    content: record('full'),
  });
  const goals = [
    ['disabled', small.disabled, 0.1],
    ['metrics and span', small.metricsAndSpan, 1.5],
    ['metrics, span and journal', small.journal, 2.5],
    ['metrics, span, journal and 1 KB of content', small.content, 3.5],
  ] as const;
  return [
    ...goals.map(([name, microseconds, atMost]) => ({
      name: `activity, ${name}: added vs OpenTelemetry's interceptor`,
      value: Math.max(0, microseconds / small.openTelemetry),
      unit: 'x' as const,
      goal: { atMost },
    })),
    {
      name: "activity, 100 KB of content: added vs OpenTelemetry's interceptor",
      value: large.content / small.openTelemetry,
      unit: 'x',
    },
    {
      name: 'activity, 100 KB of content: added vs JSON and SHA-256 of it alone',
      value: large.content / large.floor,
      unit: 'x',
    },
  ];
}

/** Microseconds of the main thread that each plugin adds to an attempt, and the floor of capturing its content. */
async function addedMicroseconds<K extends string>(
  address: string,
  { bytes, attempts, rounds }: typeof SMALL,
  context: BenchContext,
  plugins: Readonly<Record<K, WorkerPlugin>>,
): Promise<Record<K | 'floor', number>> {
  const call = modelCall(bytes);
  const names = Object.keys(plugins) as K[];
  const variants: Record<string, () => Promise<number>> = {};
  const measure = (attempt: () => Promise<void>) => () => mainThreadMicroseconds(attempts, attempt, flushTracing);

  variants.none = measure(() => runActivity([], call.args, call.result));
  variants.floor = measure(async () => {
    await runActivity([], call.args, call.result);
    capture(call);
  });
  const workers: ObservedWorker[] = [];
  for (const name of names) {
    const worker = await startObservedWorker(address, `bench-${bytes}-${name}`, [plugins[name]]);
    workers.push(worker);
    variants[name] = measure(() => runActivity(worker.interceptors, call.args, call.result));
  }
  const results = await interleave(variants, context.rounds(rounds));
  await assertNothingFailed();
  await Promise.all(workers.map((worker) => worker.shutdown()));

  const base = results.none ?? [];
  console.error(`bench: activity of ${bytes} bytes: ${median(base).toFixed(1)} us without plugins`);
  return Object.fromEntries(
    [...names, 'floor' as const].map((name) => {
      const microseconds = added(results[name] ?? [], base);
      console.error(`bench: activity of ${bytes} bytes: ${name} adds ${microseconds.toFixed(1)} us`);
      return [name, microseconds];
    }),
  ) as Record<K | 'floor', number>;
}

function capture({ args, result }: ModelCall): void {
  for (const value of [args, result]) createHash('sha256').update(JSON.stringify(value)).digest('hex');
}
