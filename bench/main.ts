/** Measures what the plugin costs, as ratios of variants that run by turns in one process; see docs/benchmarks.md. */
import { parseArgs } from 'node:util';
import { DefaultLogger, makeTelemetryFilterString, Runtime } from '@temporalio/worker';
import { type BenchContext, type Measurement, meetsGoal, toJson, toTable } from './measurement';

const BENCHMARKS = {
  activity: async () => (await import('./activity/activity-cost')).activityCost,
  requests: async () => (await import('./request-cost')).requestCost,
  replay: async () => (await import('./replay/replay-time')).replayTime,
  bundle: async () => (await import('./bundle')).bundle,
  'event-loop': async () => (await import('./activity/event-loop-delay')).eventLoopDelay,
  tokens: async () => (await import('./token-counts')).tokenCounts,
};

type BenchmarkName = keyof typeof BENCHMARKS;

const HELP = `Measures what the plugin costs, as ratios of variants that run by turns in one process; see docs/benchmarks.md.
Exits with 1 when a goal is missed.

Usage: npm run bench -- [options]

  --only <names>  some of the benchmarks, separated by commas: ${Object.keys(BENCHMARKS).join(', ')}
  --quick         few rounds: minutes become seconds, and the figures rough
  --json          prints [{ name, ratio, goal, ok }] instead of a table
  --help          prints this`;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      json: { type: 'boolean' },
      quick: { type: 'boolean' },
      only: { type: 'string' },
      help: { type: 'boolean' },
    },
  });
  if (values.help) {
    console.log(HELP);
    return;
  }
  // Stdout is for the results alone, and there the SDK's core would write.
  const logging = { filter: makeTelemetryFilterString({ core: 'ERROR' }), forward: {} };
  Runtime.install({ logger: new DefaultLogger('ERROR'), telemetryOptions: { logging } });
  const context = contextFor(values.quick ? quickRounds : (full) => full);
  const measurements: Measurement[] = [];
  for (const name of selected(values.only)) {
    console.error(`bench: ${name} …`);
    const run = await BENCHMARKS[name]();
    measurements.push(...(await run(context)));
  }
  console.log(values.json ? JSON.stringify(measurements.map(toJson), undefined, 2) : toTable(measurements));
  // Not left to the event loop: what a benchmark leaves behind should not hold the figures back.
  process.exit(measurements.every(meetsGoal) ? 0 : 1);
}

const quickRounds = (full: number) => Math.max(2, Math.round(full / 5));

/** The server ends with this process. */
function contextFor(rounds: BenchContext['rounds']): BenchContext {
  let server: Promise<{ address: string }> | undefined;
  return {
    rounds,
    async temporalAddress() {
      server ??= import('../scripts/temporal-server.mjs').then(({ startTemporalServer }) => startTemporalServer());
      return (await server).address;
    },
  };
}

function selected(only: string | undefined): BenchmarkName[] {
  const all = Object.keys(BENCHMARKS) as BenchmarkName[];
  if (only === undefined) return all;
  const names = only.split(',');
  const unknown = names.find((name) => !(name in BENCHMARKS));
  if (unknown !== undefined) throw new RangeError(`--only: expected some of ${all.join(', ')}, got ${unknown}`);
  return all.filter((name) => names.includes(name));
}

main().catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
