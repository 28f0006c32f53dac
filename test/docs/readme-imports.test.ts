import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { parse } from 'yaml';
import { ensurePrometheusTool } from '../../scripts/prometheus-tools.mjs';
import { checkCommand } from '../alerts/command-line';
import { succeeds, withFolder } from '../alerts/support';

const CLI = path.resolve('lib/cli/main.js');

/** What the README says of how dashboards and alerts are imported, done as it stands there. */
const section = /^## Dashboards and alerts$([\s\S]*?)^## /m.exec(readFileSync('README.md', 'utf8'))?.[1] ?? '';
const blocks = [...section.matchAll(/```(\w+)\n([\s\S]*?)```/g)].map(([, language = '', text = '']) => ({
  language,
  text,
}));
const commands = blocks
  .filter(({ language }) => language === 'sh')
  .flatMap(({ text }) => text.trim().split('\n'))
  .concat([...section.matchAll(/`(npx [^`]+)`/g)].map(([, text = '']) => text));

/** The file that a block of YAML begins with the name of. */
function yamlOf(file: string): string {
  const found = blocks.find(({ language, text }) => language === 'yaml' && text.startsWith(`# ${file}`));
  if (found === undefined) throw new Error(`no ${file} in the README`);
  return found.text;
}

/** Runs the commands of ours that write there. */
function renderIn(folder: string, out: string): void {
  const ours = commands.filter((command) => command.includes(`render --out ${out}`));
  expect(ours).not.toEqual([]);
  for (const command of ours) {
    const [, , ...args] = command.split(' ');
    execFileSync(process.execPath, [CLI, ...args], { cwd: folder, stdio: 'ignore' });
  }
}

let promtool: string;

beforeAll(async () => {
  promtool = await ensurePrometheusTool('promtool');
});

test('every command of ours exists', () => {
  const ours = commands.filter((command) => command.startsWith('npx '));
  expect(ours.length).toBeGreaterThanOrEqual(4);
  for (const command of ours) checkCommand(command.replace('npx ', '').replaceAll(/<\w+>/g, 'http://127.0.0.1:9'));
});

test('as files: Prometheus loads every rule, and Grafana finds the dashboards', async () => {
  await withFolder(async (folder) => {
    renderIn(folder, 'monitoring');
    const file = path.join(folder, 'prometheus.yml');
    writeFileSync(file, yamlOf('prometheus.yml'));
    const said = await succeeds(promtool, ['check', 'config', file]);
    const rules = readdirSync(path.join(folder, 'monitoring/alerts')).filter((name) => name.endsWith('.rules.yml'));
    expect(said.match(/SUCCESS: \d+ rules found/g)).toHaveLength(rules.length);
    expect(rules).toEqual(readdirSync('alerts').filter((name) => name.endsWith('.rules.yml')));
    expect(readdirSync(path.join(folder, 'monitoring/dashboards'))).toContain('agents.json');
    const [provider] = parse(yamlOf('/etc/grafana/provisioning/dashboards/temporal-agents.yaml')).providers;
    expect(commands).toContain(`mkdir -p ${provider.options.path}`);
    expect(commands).toContain(`cp monitoring/dashboards/*.json ${provider.options.path}/`);
  });
});

test('on Kubernetes: one directory has all manifests, in the namespaces that are named', async () => {
  await withFolder(async (folder) => {
    writeFileSync(path.join(folder, 'thresholds.yml'), yamlOf('thresholds.yml'));
    renderIn(folder, 'manifests');
    expect(commands).toContain('kubectl apply -f manifests');
    const files = readdirSync(path.join(folder, 'manifests'));
    const texts = files.map((name) => readFileSync(path.join(folder, 'manifests', name), 'utf8'));
    const manifests = texts.map((text) => parse(text));
    const kinds = manifests.map(({ kind }) => kind).sort();
    expect(kinds).toEqual([...Array(5).fill('ConfigMap'), 'PrometheusRule', 'ServiceMonitor', 'ServiceMonitor']);
    for (const { kind, metadata, spec } of manifests) {
      expect(metadata).toMatchObject({ namespace: 'monitoring', labels: { release: 'kube-prometheus-stack' } });
      if (kind === 'ServiceMonitor') expect(spec.namespaceSelector).toEqual({ matchNames: ['agents'] });
    }
    // kubectl keeps what it applies in an annotation, which may have 256 KiB.
    for (const text of texts) expect(text.length).toBeLessThan(256 * 1024);
  });
});

test('with compose: the addresses are those at which it publishes', () => {
  expect(commands).toContain('docker compose up --wait');
  const ports = readFileSync('compose/.env', 'utf8');
  expect(ports).toMatch(/^GRAFANA_PORT=13000$/m);
  expect(ports).toMatch(/^RECEIVER_PORT=19094$/m);
  for (const port of ['13000', '19094']) expect(section).toContain(`http://127.0.0.1:${port}`);
});

test('the Service that the docs show for workers is what is scraped', async () => {
  const blocksOfDocs = readFileSync('docs/alerts.md', 'utf8').matchAll(/```yaml\n([\s\S]*?)```/g);
  const service = [...blocksOfDocs].map(([, text = '']) => parse(text)).find(({ kind }) => kind === 'Service');
  await withFolder(async (folder) => {
    writeFileSync(path.join(folder, 'thresholds.yml'), yamlOf('thresholds.yml'));
    renderIn(folder, 'manifests');
    const { spec } = parse(readFileSync(path.join(folder, 'manifests/service-monitor-worker.yaml'), 'utf8'));
    expect(service.metadata.labels).toMatchObject(spec.selector.matchLabels);
    expect(spec.namespaceSelector.matchNames).toEqual([service.metadata.namespace]);
    expect(service.spec.ports.map(({ name }: { name: string }) => name)).toEqual(
      spec.endpoints.map(({ port }: { port: string }) => port),
    );
  });
});
