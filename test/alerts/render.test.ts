import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { RENDER_OPTIONS } from '#lib/cli/render/options';
import { readTable } from '#lib/exporter/options/given-options';
import { ensurePrometheusTool } from '../../scripts/prometheus-tools.mjs';
import { cli } from '../cli/support/cli';
import { checkCommand, commandsIn } from './command-line';
import { succeeds, withFolder } from './support';

const DASHBOARDS = readdirSync('dashboards').filter((name) => name.endsWith('.json'));

/** Runs `render` with this configuration and gives the files that it wrote, by name. */
async function render(config: string, ...flags: string[]): Promise<ReadonlyMap<string, string>> {
  return withFolder(async (folder) => {
    const file = path.join(folder, 'thresholds.yml');
    writeFileSync(file, config);
    const out = path.join(folder, 'out');
    const { exitCode, out: names, err } = await cli('render', '--out', out, '--config', file, ...flags);
    expect([exitCode, err]).toEqual([0, '']);
    return new Map(names.split('\n').map((name) => [name, readFileSync(path.join(out, name), 'utf8')]));
  });
}

/** All rules of rendered rule files, as one text. */
function rulesIn(files: ReadonlyMap<string, string>): string {
  return [...files].flatMap(([name, text]) => (name.endsWith('.rules.yml') ? [text] : [])).join('\n');
}

async function refused(config: string): Promise<string> {
  return withFolder(async (folder) => {
    const file = path.join(folder, 'thresholds.yml');
    writeFileSync(file, config);
    const { exitCode, err } = await cli('render', '--out', path.join(folder, 'out'), '--config', file);
    expect([exitCode, existsSync(path.join(folder, 'out'))]).toEqual([2, false]);
    return err.replaceAll(folder, '');
  });
}

describe('files', () => {
  test('without options are those that are shipped', async () => {
    const files = await render('');
    expect([...files.keys()].sort()).toEqual(
      [
        ...readdirSync('alerts')
          .filter((name) => name.endsWith('.yml'))
          .map((name) => `alerts/${name}`),
        ...DASHBOARDS.map((name) => `dashboards/${name}`),
      ].sort(),
    );
    for (const [name, text] of files) expect(text).toBe(readFileSync(name, 'utf8'));
  });

  test('have thresholds, and alerts on budgets, of the configuration', async () => {
    const config = 'thresholds: { modelErrorRatio: 0.05, modelLatency: 30s, tokensPerHour: 5000000 }';
    const rules = rulesIn(await render(config));
    expect(rules).toMatch(/alert: TemporalAgentModelErrors\n +expr: .* > 0\.05\n/);
    expect(rules).toMatch(/alert: TemporalAgentModelSlow\n +expr: \S+ > 30\n/);
    expect(rules).toMatch(/alert: TemporalAgentTokenBurn\n +expr: .* > 5000000\n/);
    expect(rules).not.toContain('TemporalAgentCostBurn');
  });

  test('have budgets of single task types, written as their labels are', async () => {
    const config = `thresholds: { taskTypes: { research: { tokensPerHour: 7 }, 'a "b"': { costPerHourUsd: 0.5 } } }`;
    const rules = rulesIn(await render(config));
    expect(rules).toMatch(/alert: TemporalAgentTokenBurn\n +expr: .*\{task_type="research"\}.* > 7\n/);
    expect(rules).toMatch(/alert: TemporalAgentCostBurn\n +expr: .*\{task_type="a \\"b\\""\}.* > 0\.5\n/);
  });

  test('have links of the configuration', async () => {
    const files = await render(
      'urls: { runbooks: "https://wiki.example.com/rb/", grafana: "https://grafana.example.com", temporalUi: "https://t.example.com" }',
    );
    const rules = rulesIn(files);
    expect(rules).toContain('runbook_url: https://wiki.example.com/rb/TemporalAgentOrphaned.md');
    expect(rules).toContain('dashboard_url: https://grafana.example.com/d/temporal-agent-observability-');
    for (const name of DASHBOARDS) {
      const { templating } = JSON.parse(files.get(`dashboards/${name}`) ?? '');
      const variable = templating.list.find((item: { name: string }) => item.name === 'temporal_ui');
      expect(variable.query).toBe('https://t.example.com');
    }
  });

  test('have labels and jobs of the configuration and no others', async () => {
    const files = await render(
      'labels: { taskType: agent_type, namespace: tns }\njobs: { worker: agents, exporter: watcher }\ncore: { prefix: acme_, namespaceLabel: exported_namespace }',
    );
    for (const text of files.values()) {
      expect(text).not.toMatch(/\b(task_type|temporal_namespace)\b|temporal-agent-(worker|exporter)\b/);
    }
    expect(rulesIn(files)).not.toMatch(/"temporal_(?!agent_)/);
    expect(rulesIn(files)).toContain(
      'sum by (exported_namespace, task_queue) ({__name__=~"acme_num_pollers(_total)?", job=~"agents"})',
    );
    expect(rulesIn(files)).toContain("--task-type '{{ $labels.agent_type |");
  });

  test('select what the configuration says, everywhere', async () => {
    const files = await render(`selector: cluster="prod", env!="dev"`);
    const groups = [...files].flatMap(([name, text]) => (name.endsWith('.rules.yml') ? parse(text).groups : []));
    for (const { expr } of groups.flatMap(({ rules }) => rules)) {
      // A metric and not the name of a recorded one, whatever follows it.
      for (const [, , next] of expr.matchAll(/(?<![\w:])(temporal_agent_\w+|up)\b(.)(?!\w*:)/g))
        expect([expr, next]).toEqual([expr, '{']);
      for (const [matchers] of expr.matchAll(/\{[^}]*\}/g)) expect(matchers).toContain('cluster="prod", env!="dev"}');
    }
    for (const name of DASHBOARDS) {
      const text = files.get(`dashboards/${name}`) ?? '';
      for (const [, after] of text.matchAll(/job=~\\"\$job\\"(.{20})/g)) expect(after).toContain('cluster=');
      JSON.parse(text);
    }
  });

  test('are accepted by promtool with every option', async () => {
    const examples = Object.entries(RENDER_OPTIONS).filter(([name]) => !name.includes('*'));
    const config = examples.map(([name, { example }]) => `${name}: ${JSON.stringify(example)}`);
    const nested: Record<string, Record<string, unknown>> = {};
    for (const [name, { example }] of examples) {
      const [group = '', key] = name.split('.');
      if (key === undefined) Object.assign(nested, { [group]: example });
      else nested[group] = { ...nested[group], [key]: example };
    }
    expect(config.length).toBeGreaterThan(15);
    const promtool = await ensurePrometheusTool('promtool');
    const files = await render(JSON.stringify(nested));
    await withFolder(async (folder) => {
      for (const [name, text] of files) {
        if (!name.endsWith('.rules.yml')) continue;
        const file = path.join(folder, path.basename(name));
        writeFileSync(file, text);
        await expect(succeeds(promtool, ['check', 'rules', '--lint-fatal', file])).resolves.toContain('SUCCESS');
      }
    });
  });

  test('divide every duration by the time scale', async () => {
    const rules = rulesIn(await render('', '--time-scale', '120'));
    expect(rules).toMatch(/alert: TemporalAgentExporterDown\n.*\n +for: 2500ms\n/);
    expect(rules).toContain('[7500ms]');
    expect(rules).not.toMatch(/\[\d+[mhd]\]/);
    expect(rules).not.toMatch(/(for|offset):? \d+[mhd]\b/);
  });
});

describe('for Kubernetes', () => {
  const CONFIG = 'kubernetes: { namespace: monitoring, labels: { release: kps } }';

  test('prometheus-operator has the rules and what is scraped', async () => {
    const files = await render(CONFIG, '--format', 'prometheus-operator');
    const manifests = [...files.values()].map((text) => parse(text));
    expect(manifests.map(({ apiVersion, kind }) => `${apiVersion} ${kind}`)).toEqual([
      'monitoring.coreos.com/v1 PrometheusRule',
      'monitoring.coreos.com/v1 ServiceMonitor',
      'monitoring.coreos.com/v1 ServiceMonitor',
    ]);
    for (const { metadata } of manifests) {
      expect(metadata).toMatchObject({ namespace: 'monitoring', labels: { release: 'kps' } });
    }
    const [rule, worker, exporter] = manifests;
    const shipped = readdirSync('alerts').filter((name) => name.endsWith('.rules.yml'));
    const groups = shipped.flatMap((name) => parse(readFileSync(path.join('alerts', name), 'utf8')).groups);
    expect(rule.spec.groups).toHaveLength(groups.length);
    expect(rule.spec.groups).toEqual(expect.arrayContaining(groups));
    expect(worker.spec.selector.matchLabels).toEqual({ 'app.kubernetes.io/name': 'agent-worker' });
    // Core's label of Temporal's namespace has the name that rules know, whatever Kubernetes' own is.
    const relabelings = [{ targetLabel: 'job', replacement: 'temporal-agent-worker' }];
    expect(worker.spec.endpoints).toEqual([
      { port: 'metrics', relabelings },
      { port: 'core-metrics', relabelings, honorLabels: true },
    ]);
    expect(exporter.spec.endpoints).toEqual([
      { port: 'metrics', relabelings: [{ targetLabel: 'job', replacement: 'temporal-agent-exporter' }] },
    ]);
  });

  test('the exporter is scraped as the example deploys it', async () => {
    const files = await render('', '--format', 'prometheus-operator');
    const { spec } = parse(files.get('service-monitor-exporter.yaml') ?? '');
    const example = readFileSync('examples/exporter/kubernetes.yaml', 'utf8')
      .split('---\n')
      .map((text) => parse(text));
    const service = example.find(({ kind }) => kind === 'Service');
    expect(service.metadata.labels).toMatchObject(spec.selector.matchLabels);
    expect(service.spec.ports[0].name).toBe(spec.endpoints[0].port);
    const monitor = example.find(({ kind }) => kind === 'ServiceMonitor');
    expect(monitor.spec.endpoints[0]).toMatchObject(spec.endpoints[0]);
  });

  test('grafana-sidecar has a ConfigMap for each dashboard', async () => {
    const files = await render(CONFIG, '--format', 'grafana-sidecar');
    expect(files.size).toBe(DASHBOARDS.length);
    for (const text of files.values()) {
      const { kind, metadata, data } = parse(text);
      expect([kind, metadata.labels]).toMatchObject(['ConfigMap', { grafana_dashboard: '1', release: 'kps' }]);
      for (const json of Object.values<string>(data)) expect(JSON.parse(json)).toHaveProperty('uid');
    }
  });
});

describe('a configuration is refused', () => {
  test.each([
    [
      'thresholds:\n  modelErrorRatios: 0.1\n',
      /thresholds.yml:2: thresholds: unknown option "modelErrorRatios"; expected /,
    ],
    [
      'thresholds:\n  modelErrorRatio: 2\n',
      /thresholds.yml:2: thresholds.modelErrorRatio: expected a number from 0 to 1, got 2/,
    ],
    ['labels: { taskType: task-type }', /:1: labels.taskType: expected name of a label, got "task-type"/],
    ['selector: cluster=prod', /:1: selector: expected matchers such as cluster="prod", got "cluster=prod"/],
    ["jobs:\n  worker: 'a\"b'\n", /:2: jobs.worker: expected name of a job/],
    ['urls: { grafana: grafana }', /:1: urls.grafana: expected URL, got "grafana"/],
    ['thresholds: {', /:1:\d+: /],
  ])('%j', async (config, message) => {
    expect(await refused(config)).toMatch(message);
  });

  test.each(['0', '-1', 'fast', ''])('a time scale of %j', async (scale) => {
    const { exitCode, err } = await cli('render', '--out', 'unused', '--time-scale', scale);
    expect([exitCode, err]).toEqual([2, expect.stringContaining('from 1 to 1000')]);
  });

  test('a file that is not there', async () => {
    const { exitCode, err } = await cli('render', '--out', 'unused', '--config', 'no-such-file.yml');
    expect([exitCode, err]).toEqual([2, expect.stringContaining('cannot be read')]);
  });
});

test('every option takes its example', () => {
  for (const [name, { example }] of Object.entries(RENDER_OPTIONS)) {
    const options = name
      .split('.')
      .reduceRight<unknown>((inner, part) => ({ [part === '*' ? 'release' : part]: inner }), example);
    expect(readTable(RENDER_OPTIONS, options, { root: '' })).toHaveLength(1);
  }
});

test('the docs have a configuration and commands that are accepted', async () => {
  const page = readFileSync('docs/alerts.md', 'utf8');
  const [config = ''] = [...page.matchAll(/```yaml\n([\s\S]*?)```/g)].flatMap(([, text = '']) =>
    text.includes('$schema=') ? [text] : [],
  );
  expect(rulesIn(await render(config))).toContain('cluster="prod"');
  const commands = commandsIn(page.replaceAll('npx ', ''));
  expect(commands.length).toBeGreaterThan(2);
  for (const command of commands) checkCommand(command);
});

test('the package ships rules, runbooks, dashboards and the schema', () => {
  const { files, exports } = JSON.parse(readFileSync('package.json', 'utf8'));
  expect(files).toEqual(expect.arrayContaining(['alerts', 'dashboards/*.json', 'render.schema.json']));
  expect(exports['./render.schema.json']).toBe('./render.schema.json');
});
