import { randomBytes } from 'node:crypto';
import { parseArgs } from 'node:util';
import { playPatterns } from '../patterns/play';
import { type ShownAlerts, startAlerts } from './alerts';
import { type DemoEnvironment, startEnvironment } from './environment';
import { runOnce } from './once';
import { watch } from './watch';

const USAGE = `Runs AI agents on a Temporal development server, observed by one line in the worker.

Usage: npm run demo [-- options]

  (no options)  keeps starting agents and shows them, as Temporal lists them, until Ctrl-C; with the exporter,
                Prometheus and Alertmanager, and alerts as they fire, where these can be had
  --once        runs each agent once, verifies what was observed, and exits
  --patterns    runs an agent for each failure pattern, and shows what is found and what to do about it;
                with --once also the same agents without the failure, verifies that everything is
                found and nothing else, and ends with the line "patterns: 11/11 found, 0 unexpected"
  --live        talks to the real APIs: needs OPENAI_API_KEY, and ANTHROPIC_API_KEY for the agents
                that use Anthropic's models; OPENAI_MODEL and ANTHROPIC_MODEL choose others
  --help        shows this

Records go to ./.agent-content, with --once to a temporary directory.

Exit codes: 0 done · 1 something failed or was not as it should be · 2 wrong usage`;

interface DemoOptions {
  readonly once: boolean;
  readonly live: boolean;
  readonly patterns: boolean;
}

async function main(): Promise<number> {
  const options = readOptions();
  if (options === undefined) return 2;
  if (options === 'help') {
    console.log(USAGE);
    return 0;
  }
  if (options.live && options.patterns) {
    console.error('--patterns plays failures, which real APIs cannot be asked for: leave --live out.');
    return 2;
  }
  if (options.live && !process.env.OPENAI_API_KEY) {
    console.error('--live needs OPENAI_API_KEY.');
    return 2;
  }
  const interrupted = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => interrupted.abort());

  if (options.patterns) return playPatterns(options.once, interrupted.signal);

  console.log('Starting a Temporal server, model providers and a worker …');
  const environment = await startEnvironment({
    live: options.live,
    // The live table would be torn by warnings.
    logLevel: !options.once && process.stdout.isTTY ? 'ERROR' : 'WARN',
    ...(options.once ? {} : { contentDirectory: '.agent-content' }),
  });
  // Looks like a key and is none: it is planted in a prompt and must be found nowhere in what is stored.
  const secret = `sk-proj-${randomBytes(24).toString('hex')}`;
  let alerts: ShownAlerts | undefined;
  try {
    alerts = await startAlerts(environment);
    const shown = { addresses: addresses(environment, alerts), alerts };
    const work = options.once
      ? () => runOnce(environment, secret, alerts)
      : () => watch(environment, secret, shown, interrupted.signal);
    return await Promise.race([
      environment.client.withAbortSignal(environment.stopping, work),
      environment.workerFailed,
      whenInterrupted(interrupted.signal, options.once ? 1 : 0),
    ]);
  } finally {
    await alerts?.stop();
    await environment.stop();
  }
}

/** Ctrl-C is how the live table ends, but not how a verification ends well. */
function whenInterrupted(signal: AbortSignal, exitCode: number): Promise<number> {
  return new Promise((resolve) => {
    const interrupt = () => {
      console.log('\nStopping …');
      resolve(exitCode);
    };
    if (signal.aborted) interrupt();
    else signal.addEventListener('abort', interrupt, { once: true });
  });
}

function addresses(
  { temporalAddress, metricsUrl, contentDirectory }: DemoEnvironment,
  alerts: ShownAlerts | undefined,
): string[] {
  return [
    `Temporal   ${temporalAddress}`,
    `Metrics    ${metricsUrl}`,
    `Records    ${contentDirectory}`,
    ...(alerts?.addresses ?? ['Alerts     none: install Prometheus and Alertmanager to see them']),
    `One run    npx temporal-agent-observability explain <workflow id> --address ${temporalAddress}`,
    'Ctrl-C stops everything.',
  ];
}

function readOptions(): DemoOptions | 'help' | undefined {
  try {
    const { values } = parseArgs({
      options: {
        once: { type: 'boolean' },
        live: { type: 'boolean' },
        patterns: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    });
    if (values.help === true) return 'help';
    return { once: values.once === true, live: values.live === true, patterns: values.patterns === true };
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
    console.error(error instanceof Error ? `demo failed: ${error.message}` : error);
    process.exitCode = 1;
  },
);
