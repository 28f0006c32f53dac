import { setMaxListeners } from 'node:events';
import { parseArgs } from 'node:util';
import { startEnvironment } from '../demo/environment';
import { quietLogger } from '../demo/quiet-logger';
import { Metrics } from '../demo/verify/metrics';
import type { Monitoring } from '../monitoring/monitoring';
import type { Labels } from '../monitoring/prometheus-api';
import { watchEnvironment } from '../monitoring/watched-environment';
import { FindingLog } from '../patterns/finding-log';
import { Fleet } from './fleet';

/** The longest that a rule waits before it fires, 10 minutes, passes within the shortest run. */
const TIME_SCALE = 10;

const USAGE = `Runs a fleet of healthy agents on a Temporal development server and verifies that nothing is found, and that of the
rules of the package, under a real Prometheus with the exporter, none fires.

Usage: npm run e2e:healthy [-- options]

  --minutes <n>  how long it takes, 10 when left out
  --runs <n>     how many agents are started, evenly over that time, 300 when left out
  --help         shows this

The agents are those of the demo: a research loop with tools, sub-agents in parallel, a monitor that continues as new, an
approval that somebody gives in time, a streamed report; with tools that fail now and then, rate limits and retries. All
durations of the rules are divided by ${TIME_SCALE}, as if the time were so many times as long.

Exit codes: 0 nothing found, all completed · 1 a finding, an alert, a failed run or an error inside the observer · 2 wrong usage`;

const PROGRESS_MS = 15_000;

interface FleetOptions {
  readonly minutes: number;
  readonly runs: number;
}

async function main(): Promise<number> {
  const options = readOptions();
  if (options === undefined) return 2;
  if (options === 'help') {
    console.log(USAGE);
    return 0;
  }
  const interrupted = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => interrupted.abort());

  const log = new FindingLog(quietLogger('WARN'));
  // Tools fail here on purpose, and Temporal warns of each attempt.
  const environment = await startEnvironment({ live: false, logLevel: 'ERROR', pluginLogger: log });
  let monitoring: Monitoring | undefined;
  // Every run that is waited for listens.
  setMaxListeners(0, environment.stopping);
  const fleet = new Fleet(environment, options.runs, options.minutes * 60_000);
  const begin = Date.now();
  const progress = setInterval(() => {
    const { started, completed, failures } = fleet;
    const time = `${clock(Date.now() - begin)} of ${clock(options.minutes * 60_000)}`;
    const failed = failures.length > 0 ? `, ${failures.length} failed` : '';
    console.log(`${time}  ${started} runs started, ${completed} completed${failed}, ${log.findings.length} findings`);
  }, PROGRESS_MS);
  try {
    monitoring = await watchEnvironment(environment, { timeScale: TIME_SCALE });
    const work = environment.client.withAbortSignal(environment.stopping, () => fleet.run(interrupted.signal));
    await Promise.race([work, environment.workerFailed]);
    // Shutting the worker down tells what it still has to tell; the endpoint goes with it.
    const metrics = await Metrics.fetch(environment.metricsUrl);
    const alerts = await monitoring.fired();
    await environment.stopWorker();
    return report(fleet, log, metrics, alerts);
  } finally {
    clearInterval(progress);
    await monitoring?.stop();
    await environment.stop();
  }
}

function report(fleet: Fleet, { findings }: FindingLog, metrics: Metrics, alerts: readonly Labels[]): number {
  const internalErrors = metrics.sum('temporal_agent_observer_errors_total') ?? 0;
  const counted = metrics.sum('temporal_agent_findings_total') ?? 0;
  for (const { id, severity, message, workflowId } of findings) {
    console.error(`found: ${id} (${severity}) in ${workflowId ?? 'the worker'}: ${message}`);
  }
  for (const labels of alerts) console.error(`fired: ${JSON.stringify(labels)}`);
  for (const failure of fleet.failures) console.error(`failed: ${failure}`);
  if (internalErrors > 0) console.error(`${internalErrors} errors inside the observer`);
  const found = Math.max(findings.length, counted);
  console.log(`healthy: ${fleet.completed} runs, ${found} findings, ${alerts.length} alerts`);
  return found === 0 && alerts.length === 0 && internalErrors === 0 && fleet.failures.length === 0 ? 0 : 1;
}

function clock(milliseconds: number): string {
  const seconds = Math.round(milliseconds / 1000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}

function readOptions(): FleetOptions | 'help' | undefined {
  try {
    const { values } = parseArgs({
      options: {
        minutes: { type: 'string', default: '10' },
        runs: { type: 'string', default: '300' },
        help: { type: 'boolean', short: 'h' },
      },
    });
    if (values.help === true) return 'help';
    const minutes = Number(values.minutes);
    const runs = Number(values.runs);
    if (!(minutes > 0 && minutes <= 24 * 60)) throw new Error(`--minutes ${values.minutes}: expected a number above 0`);
    if (!(Number.isInteger(runs) && runs > 0))
      throw new Error(`--runs ${values.runs}: expected a whole number above 0`);
    return { minutes, runs };
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : error}\n\n${USAGE}`);
    return undefined;
  }
}

main().then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    console.error(error instanceof Error ? `healthy failed: ${error.message}` : error);
    process.exitCode = 1;
  },
);
