import { type Command, Option } from 'commander';
import {
  definitionOf,
  EXPORTER_ENV_PREFIX,
  flagOf,
  isKeyed,
  OPTION_NAMES,
  type OptionName,
  placeholderOf,
  written,
} from '../../exporter/options/definitions';
import { CliError, EXIT } from '../cli-error';
import { addServerOptions, connectionOptions } from '../connection';
import { LOG_FORMATS, type LogFormat, lineLogger } from '../exporter/line-logger';
import { effectiveJson, effectiveYaml } from '../exporter/print-effective';
import { connectionFlags, type ExporterConfiguration, readConfiguration } from '../exporter/read-configuration';
import type { Output } from '../output';

interface ExporterFlags {
  readonly config?: string;
  readonly check?: boolean;
  readonly once?: boolean;
  readonly json?: boolean;
  readonly logFormat: LogFormat;
}

export function addExporterCommand(program: Command, output: Output): void {
  const command = program
    .command('exporter')
    .description('Watches the agents of whole namespaces and serves what it sees as Prometheus metrics.')
    .addOption(
      new Option('--config <file>', 'configuration in YAML; docs/exporter.md describes it').env(
        `${EXPORTER_ENV_PREFIX}CONFIG`,
      ),
    )
    .addOption(
      new Option(
        '--check',
        'check the configuration, print the one in force and where it comes from, and exit',
      ).conflicts('once'),
    )
    .option('--once', 'poll once, print the metrics and exit; exit code 1 when not everything could be read')
    .option('--json', 'with --check: print as JSON')
    .addOption(
      new Option('--log-format <format>', 'form of the log, which goes to stderr')
        .choices(LOG_FORMATS)
        .default('human'),
    );
  addServerOptions(command);
  for (const option of OPTION_NAMES) addTableOption(command, option);
  command
    .addHelpText(
      'after',
      `
Flags come before environment variables, these before the file. Each option has a variable:
${EXPORTER_ENV_PREFIX}<NAME>, for example ${EXPORTER_ENV_PREFIX}POLL_INTERVAL.
A Temporal server that cannot be reached is waited for; a configuration that is wrong is an error (exit code 2).

Examples:
  $ temporal-agent-observability exporter --namespace agents
  $ temporal-agent-observability exporter --config exporter.yaml --metrics-host 0.0.0.0
  $ temporal-agent-observability exporter --config exporter.yaml --check
  $ temporal-agent-observability exporter --once --task-types-expected research=45m,triage=5m`,
    )
    .action(async (flags: ExporterFlags) => {
      if (flags.json === true && flags.check !== true) throw new CliError('--json is for --check.', EXIT.usage);
      const { env } = process;
      const configuration = await readConfiguration(command, flags.config, env);
      if (flags.check === true) {
        // Reads the files of certificates.
        connectionOptions(connectionFlags(configuration), env);
        warnOfUnknown(configuration, (line) => output.note(line));
        print(configuration, flags, output);
        return;
      }
      const logger = lineLogger(flags.logFormat, (line) => output.note(line));
      warnOfUnknown(configuration, (line) => logger.warn(line));
      // Loaded here, for it brings a good part of the package, which other commands do without.
      const { pollOnce, runExporter } = await import('../exporter/run-exporter.js');
      if (flags.once === true) await pollOnce(configuration, logger, output, env);
      else await runExporter(configuration, logger, env);
    });
}

/** Those of the connection are there already. */
function addTableOption(command: Command, name: OptionName): void {
  const flag = flagOf(name);
  if (command.options.some(({ long }) => long === flag)) return;
  const { description, fallback } = definitionOf(name);
  const usual = fallback === undefined ? '' : ` (default: ${written(fallback)})`;
  const option = new Option(`${flag} <${placeholderOf(name)}>`, `${description.replace(/\.$/, '')}${usual}`);
  // Given more than once, lists grow.
  if (isKeyed(name) || Array.isArray(fallback)) {
    option.argParser((value: string, before?: string) => (before === undefined ? value : `${before},${value}`));
  }
  command.addOption(option);
}

function print({ effective }: ExporterConfiguration, { json }: ExporterFlags, output: Output): void {
  output.print(json === true ? JSON.stringify(effectiveJson(effective), null, 2) : effectiveYaml(effective));
}

function warnOfUnknown({ unknownVariables }: ExporterConfiguration, warn: (line: string) => void): void {
  for (const name of unknownVariables) warn(`${name} is no option of the exporter and does nothing.`);
}
