import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ActivityInterceptorsFactory } from '@temporalio/worker';
import { EVENT_LOOP_BUDGET_MS } from '#lib/definitions/limits';
import { collectGarbage } from '../collect-garbage';
import { interleave } from '../interleave';
import type { BenchContext, Measurement } from '../measurement';
import { searchResult } from '../model-call';
import { agentObservabilityPlugin, assertNothingFailed, temporaryDirectory } from '../variants';
import { runActivity } from './activity-runner';
import { startObservedWorker } from './observed-worker';

const RESULT_BYTES = 3_000_000;
const WATCH_MS = 500;

/** How long an activity with a large result holds the event loop in one piece. */
export async function eventLoopDelay(context: BenchContext): Promise<Measurement[]> {
  const plugin = agentObservabilityPlugin({ content: { directory: temporaryDirectory() } });
  const worker = await startObservedWorker(await context.temporalAddress(), 'bench-event-loop', [plugin]);
  const result = searchResult(RESULT_BYTES);
  const attempt = (interceptors: ActivityInterceptorsFactory[]) => () =>
    longestDelay(() => runActivity(interceptors, [{ query: 'quarterly report' }], result));
  const delays = await interleave(
    { idle: () => longestDelay(async () => {}), sdk: attempt([]), observed: attempt(worker.interceptors) },
    context.rounds(20),
  );
  await assertNothingFailed();
  await worker.shutdown();
  // What else the machine does can only lengthen a delay, so the least of the rounds is what the work itself takes.
  const least = (name: keyof typeof delays) => Math.min(...delays[name]);
  return [
    {
      name: 'longest event-loop delay for a result of 3 MB, content stored',
      value: least('observed') - least('idle'),
      unit: 'ms',
      goal: { atMost: EVENT_LOOP_BUDGET_MS },
    },
    { name: 'the same without the plugin: the SDK alone', value: least('sdk') - least('idle'), unit: 'ms' },
  ];
}

async function longestDelay(work: () => Promise<void>): Promise<number> {
  collectGarbage();
  const histogram = monitorEventLoopDelay({ resolution: 1 });
  histogram.enable();
  await sleep(20);
  histogram.reset();
  // A reset forgets when the last sample was: the first delay after it is not recorded.
  await sleep(20);
  await work();
  await sleep(WATCH_MS);
  histogram.disable();
  return histogram.max / 1e6;
}
