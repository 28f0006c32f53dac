import { parseArgs } from 'node:util';
import { EXAMPLES } from '../patterns/examples';
import type { PatternExample } from '../patterns/pattern-example';
import { checkAllCommands } from './check-command';
import { reportPanels } from './panels';
import { playPattern } from './pattern';
import { Report } from './report';
import { TIME_SCALE } from './settings';
import { reportSilentAlerts } from './silent-alerts';
import { playStuckAgents } from './stuck-agents';
import { openSurroundings, type Surroundings } from './surroundings';
import { alertsOf, playTroubles, TROUBLE_NAMES } from './troubles/play';
import { reportUnexpected } from './unexpected';

const USAGE = `Makes each failure pattern happen, and whatever else there is an alert for, and waits for the alert to arrive, on a
Temporal development server, with the exporter, Prometheus, Alertmanager and the rules of the package.

Usage: npm run e2e:alerts [-- options]

  --only <n,...>  these patterns alone; stuck for the agents that get stuck, ${TROUBLE_NAMES.join(', ')} for the troubles
  --record <dir>  writes what Prometheus scrapes of each scenario, as far as rules read it, to a file of its own
  --help          shows this

Of each pattern, a worker with the broken agent runs until the alert is delivered to a webhook; the command in the alert
has to name the run. Then a worker with the fixed agent runs until the alert is resolved. After that an agent that runs
longer than expected and an approval that nobody gives are to keep their alerts while workers are killed and exporter and
Prometheus are restarted. Meanwhile providers, the observer, the exporter and workers have troubles of their own, until each
other alert has been delivered. At the end, every panel of the dashboards is to show what there was to see. All durations of
the rules are divided by ${TIME_SCALE}.

Exit codes: 0 all delivered and resolved, and nothing else · 1 something missing or unexpected · 2 wrong usage`;

/** Patterns that are played at once: a worker takes a core while it starts. */
const LANES = 2;

async function main(): Promise<number> {
  const options = readOptions();
  if (options === undefined) return 2;
  if (options === 'help') {
    console.log(USAGE);
    return 0;
  }
  const { only, record } = options;
  const examples = EXAMPLES.filter(({ pattern }) => only.size === 0 || only.has(String(pattern)));
  const names = TROUBLE_NAMES.filter((name) => only.size === 0 || only.has(name));
  const report = new Report();
  report.line('', 'starting a Temporal server, the exporter, Prometheus and Alertmanager');
  const surroundings = await openSurroundings(record);
  const beganAtMs = Date.now();
  const interrupted = new Promise<never>((_, reject) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => reject(new Error('interrupted')));
  });
  try {
    const play = async () => {
      const playAgents = async () => {
        const mendedAt = await playPatterns(examples, surroundings, report);
        if (only.size === 0 || only.has('stuck')) await playStuckAgents(surroundings, report);
        return mendedAt;
      };
      const troubles = playTroubles(names, surroundings, report);
      const [mendedAt, { exporter }] = await Promise.all([playAgents(), troubles]);
      await checkAllCommands(surroundings, report);
      await reportUnexpected(surroundings, mendedAt, report);
      if (exporter !== undefined) {
        await reportUnexpected(exporter, new Map(), report);
        const watching = [surroundings.monitoring, exporter.monitoring];
        if (only.size === 0) await reportSilentAlerts(watching, report);
      }
      await reportPanels(surroundings, { beganAtMs, whole: only.size === 0 }, report);
    };
    await Promise.race([play(), interrupted]);
  } finally {
    await surroundings.stop();
  }
  const { delivered, resolved, unexpected, failures, troubles } = report;
  const all = examples.length;
  const ofTroubles = alertsOf(names).length;
  for (const failure of failures) console.log(`failed: ${failure}`);
  console.log(`troubles: ${troubles.delivered}/${ofTroubles} delivered, ${troubles.resolved}/${ofTroubles} resolved`);
  console.log(`alerts: ${delivered}/${all} delivered, ${resolved}/${all} resolved, ${unexpected} unexpected`);
  const isComplete = delivered === all && resolved === all && troubles.resolved === ofTroubles;
  return failures.length === 0 && isComplete && unexpected === 0 ? 0 : 1;
}

/** @returns when each namespace had its fixed agent, in milliseconds since the epoch */
async function playPatterns(
  examples: readonly PatternExample[],
  surroundings: Surroundings,
  report: Report,
): Promise<ReadonlyMap<string, number>> {
  const mendedAt = new Map<string, number>();
  const waiting = [...examples];
  const resolutions: Promise<void>[] = [];
  const lane = async () => {
    for (let example = waiting.shift(); example !== undefined; example = waiting.shift()) {
      const { namespace, mendedAtMs, mended } = await playPattern(example, surroundings, report);
      mendedAt.set(namespace, mendedAtMs);
      resolutions.push(mended());
    }
  };
  await Promise.all(Array.from({ length: LANES }, lane));
  await Promise.all(resolutions);
  return mendedAt;
}

interface Options {
  readonly only: ReadonlySet<string>;
  readonly record?: string | undefined;
}

function readOptions(): Options | 'help' | undefined {
  try {
    const { values } = parseArgs({
      options: { only: { type: 'string' }, record: { type: 'string' }, help: { type: 'boolean', short: 'h' } },
    });
    if (values.help === true) return 'help';
    const only = new Set(values.only?.split(','));
    const known = [...EXAMPLES.map(({ pattern }) => String(pattern)), 'stuck', ...TROUBLE_NAMES];
    for (const what of only) if (!known.includes(what)) throw new Error(`--only ${what}: expected ${known.join(', ')}`);
    return { only, record: values.record };
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : error}\n\n${USAGE}`);
    return undefined;
  }
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    console.error(error instanceof Error ? `alerts failed: ${error.message}` : error);
    process.exit(1);
  },
);
