import { type Command, InvalidArgumentError, Option } from 'commander';
import { readOptionFile } from '../exporter/config-file';
import type { Output } from '../output';
import { RENDER_OPTIONS } from '../render/options';
import { resolveRender } from '../render/resolve-render';
import { RENDER_FORMATS, type RenderFormat, renderedFiles, writeFiles } from '../render/write-files';

interface RenderFlags {
  readonly out: string;
  readonly config?: string;
  readonly format: RenderFormat;
  readonly timeScale: number;
}

export function addRenderCommand(program: Command, output: Output): void {
  program
    .command('render')
    .description('Writes Prometheus rules and Grafana dashboards with thresholds, labels and links of your own.')
    .requiredOption('--out <directory>', 'where the files are written; files of the same names are replaced')
    .option('--config <file>', 'thresholds, labels, jobs and links in YAML; docs/alerts.md describes it')
    .addOption(
      new Option('--format <format>', 'plain files, or manifests for Kubernetes')
        .choices(RENDER_FORMATS)
        .default('files'),
    )
    .option(
      '--time-scale <n>',
      'divide every duration of the rules by this, for rehearsals; never in production',
      parseScale,
      1,
    )
    .addHelpText(
      'after',
      `
Formats:
  files                alerts/*.rules.yml, alerts/inhibit-rules.yml for Alertmanager, and dashboards/*.json
  prometheus-operator  a PrometheusRule, and ServiceMonitors for workers and exporter
  grafana-sidecar      a ConfigMap for each dashboard

Examples:
  $ temporal-agent-observability render --out monitoring
  $ temporal-agent-observability render --out monitoring --config thresholds.yml
  $ temporal-agent-observability render --out manifests --format prometheus-operator`,
    )
    .action(({ out, config, format, timeScale }: RenderFlags) => {
      const given = config === undefined ? [] : readOptionFile(config, RENDER_OPTIONS);
      const files = renderedFiles(resolveRender(given, timeScale), format);
      writeFiles(out, files);
      for (const name of files.keys()) output.print(name);
    });
}

function parseScale(text: string): number {
  const scale = Number(text);
  if (text.trim() === '' || !(scale >= 1 && scale <= 1000)) {
    throw new InvalidArgumentError('Expected a number from 1 to 1000.');
  }
  return scale;
}
