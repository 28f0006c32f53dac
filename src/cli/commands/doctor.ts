import { type Command, InvalidArgumentError, Option } from 'commander';
import { DEFAULT_EXPORTER_PORT, DEFAULT_WORKER_PORT } from '../../definitions/ports';
import { DEFAULT_RULE_CONFIG } from '../../rules/rule-config';
import { CliError, EXIT } from '../cli-error';
import { addConnectionOptions, type ConnectionFlags, isGiven } from '../connection';
import { parseDuration } from '../duration';
import { plural } from '../explain/format';
import type { Output } from '../output';
import { type AttributeChoice, chooseAttributes, splitNames } from './choose-attributes';

interface DoctorFlags extends ConnectionFlags, AttributeChoice {
  readonly workerMetrics: string;
  readonly exporter: string;
  readonly prometheus?: string;
  readonly alertmanager?: string;
  readonly grafana?: string;
  readonly grafanaToken?: string;
  readonly workerJob: string;
  readonly exporterJob: string;
  readonly timeout: number;
  readonly json?: boolean;
}

const ENV_PREFIX = 'TEMPORAL_AGENT_OBSERVABILITY_';
const OFF = 'off';

const DEFAULT_TIMEOUT = '5s';
const MAX_TIMEOUT_MS = 5 * 60_000;

export function addDoctorCommand(program: Command, output: Output): void {
  const { jobs } = DEFAULT_RULE_CONFIG;
  const command = program
    .command('doctor')
    .description('Checks everything between an agent and the person whom an alert reaches, and says what mends it.')
    .addOption(
      urlOption(
        '--worker-metrics <url>',
        `metrics of a worker; "${OFF}" leaves it out`,
        'WORKER_METRICS',
        parseUrlOrOff,
      ).default(`http://127.0.0.1:${DEFAULT_WORKER_PORT}/metrics`),
    )
    .addOption(
      urlOption('--exporter <url>', `the exporter; "${OFF}" leaves it out`, 'EXPORTER_URL', parseUrlOrOff).default(
        `http://127.0.0.1:${DEFAULT_EXPORTER_PORT}`,
      ),
    )
    .addOption(urlOption('--prometheus <url>', 'Prometheus; not looked at when left out', 'PROMETHEUS_URL'))
    .addOption(urlOption('--alertmanager <url>', 'Alertmanager; not looked at when left out', 'ALERTMANAGER_URL'))
    .addOption(urlOption('--grafana <url>', 'Grafana; not looked at when left out', 'GRAFANA_URL'))
    .addOption(
      new Option('--grafana-token <token>', 'token of a service account, where viewers must log in').env(
        `${ENV_PREFIX}GRAFANA_TOKEN`,
      ),
    )
    .option('--worker-job <regexp>', 'scrape job of the workers in Prometheus', parsePattern, jobs.worker)
    .option('--exporter-job <regexp>', 'scrape job of the exporter in Prometheus', parsePattern, jobs.exporter)
    .option('--only <names>', 'search attributes that workers use, if not all; separated by commas', splitNames)
    .option('--without <names>', 'search attributes that workers leave out, separated by commas', splitNames)
    .addOption(
      new Option('--timeout <duration>', 'time allowed for each request: a number and s or m')
        .argParser(parseTimeout)
        .default(parseDuration(DEFAULT_TIMEOUT), DEFAULT_TIMEOUT),
    )
    .option('--json', 'print the report as JSON; its form is described in docs/doctor.md');
  addConnectionOptions(command)
    .addHelpText(
      'after',
      `
Each check is ok, a warning, a problem or skipped; what is no ok comes with the command or change that mends it.
An address may hold user and password; they are not shown. Exit code 0 without a problem, 1 with one.

Examples:
  $ temporal-agent-observability doctor --namespace agents
  $ temporal-agent-observability doctor --prometheus http://127.0.0.1:9090 --alertmanager http://127.0.0.1:9093
  $ temporal-agent-observability doctor --worker-metrics ${OFF} --exporter http://exporter:9466 --grafana https://grafana.example.com
  $ temporal-agent-observability doctor --json | jq -r '.checks[] | select(.status == "problem") | .fix'`,
    )
    .action(async (flags: DoctorFlags) => {
      const { prometheus, alertmanager, grafana, grafanaToken } = flags;
      const wanted = chooseAttributes(flags);
      const address = (option: 'workerMetrics' | 'exporter') => ({
        url: flags[option] === OFF ? undefined : flags[option],
        isGiven: isGiven(command, option),
      });
      // Loaded here, for it brings rules and metrics, which other commands do without.
      const { runChecks } = await import('../doctor/run-checks.js');
      const { printReport } = await import('../doctor/print-report.js');
      const report = await runChecks({
        flags,
        wanted,
        timeoutMs: flags.timeout,
        workerMetrics: address('workerMetrics'),
        exporter: address('exporter'),
        jobs: { worker: flags.workerJob, exporter: flags.exporterJob },
        ...(prometheus !== undefined && { prometheus }),
        ...(alertmanager !== undefined && { alertmanager }),
        ...(grafana !== undefined && { grafana }),
        ...(grafanaToken !== undefined && { grafanaToken }),
      });
      if (flags.json === true) output.print(JSON.stringify(report, null, 2));
      else for (const line of printReport(report)) output.print(line);
      const { problem } = report.summary;
      if (problem > 0) throw new CliError(`${plural(problem, 'problem was', 'problems were')} found.`, EXIT.failed);
    });
}

function urlOption(flags: string, description: string, variable: string, parse = parseUrl): Option {
  return new Option(flags, description).env(`${ENV_PREFIX}${variable}`).argParser(parse);
}

function parseUrl(value: string): string {
  if (URL.canParse(value) && ['http:', 'https:'].includes(new URL(value).protocol)) return value;
  throw new InvalidArgumentError('expected a URL, for example http://127.0.0.1:9090');
}

function parseUrlOrOff(value: string): string {
  return value === OFF ? value : parseUrl(value);
}

function parsePattern(value: string): string {
  try {
    return new RegExp(value).source;
  } catch {
    throw new InvalidArgumentError('expected a regular expression');
  }
}

function parseTimeout(value: string): number {
  const ms = parseDuration(value);
  if (ms > MAX_TIMEOUT_MS) throw new InvalidArgumentError('expected at most 5m');
  return ms;
}
