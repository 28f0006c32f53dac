import path from 'node:path';
import { type BundlerPlugin, bundleWorkflowCode, DefaultLogger, Worker, type WorkerPlugin } from '@temporalio/worker';
import { processCpuMs } from '../cpu-time';
import { interleave, median } from '../interleave';
import type { BenchContext, Measurement } from '../measurement';
import { agentObservabilityPlugin, openTelemetryPlugin } from '../variants';
import { type History, recordHistory, writesSearchAttributes } from './record-history';

const ACTIVITIES = 100;

/** Histories that one replay worker replays; what comes before the second pays for starting it. */
const COPIES = 8;

/** CPU time to replay a run of 100 activities, each variant replaying the history that it recorded. */
export async function replayTime(context: BenchContext): Promise<Measurement[]> {
  const variants = {
    none: await replayer(context, [], () => true),
    ours: await replayer(context, [agentObservabilityPlugin()], writesSearchAttributes),
    openTelemetry: await replayer(context, [openTelemetryPlugin()], () => true),
  };
  const times = await interleave(variants, context.rounds(15));
  const ratio = (name: 'ours' | 'openTelemetry') =>
    median(times[name].map((time, round) => time / (times.none[round] ?? Number.NaN)));
  console.error(`bench: replay without plugins takes ${median(times.none).toFixed(1)} ms`);
  return [
    { name: 'replay of 100 activities: time vs none', value: ratio('ours'), unit: 'x', goal: { atMost: 1.2 } },
    { name: 'replay of 100 activities: time vs none, OpenTelemetry', value: ratio('openTelemetry'), unit: 'x' },
  ];
}

async function replayer(
  context: BenchContext,
  plugins: (WorkerPlugin & BundlerPlugin)[],
  accepts: (history: History) => boolean,
): Promise<() => Promise<number>> {
  const bundle = await bundleWorkflowCode({
    workflowsPath: path.join(__dirname, 'workflows.ts'),
    logger: new DefaultLogger('ERROR'),
    plugins,
  });
  const history = await recordHistory(await context.temporalAddress(), ACTIVITIES, { bundle, plugins, accepts });
  const histories = Array.from({ length: COPIES }, (_, index) => ({ workflowId: `copy-${index}`, history }));

  return async () => {
    const ends: number[] = [];
    for await (const { error } of Worker.runReplayHistories({ workflowBundle: bundle, plugins }, histories)) {
      if (error) throw error;
      ends.push(processCpuMs());
    }
    const [, second = Number.NaN] = ends;
    return ((ends.at(-1) ?? Number.NaN) - second) / (COPIES - 2);
  };
}
