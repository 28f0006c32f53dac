import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { EXPORTER_OPTIONS, variablesOf } from '#lib/exporter/options/definitions';
import { cli } from '../cli/support/cli';

const EXAMPLES = 'examples/exporter';
const PORT = EXPORTER_OPTIONS['metrics.port'].fallback;
const read = (name: string) => readFileSync(path.join(EXAMPLES, name), 'utf8');
const MAIN = 'node_modules/temporal-agent-observability/lib/cli/main.js';

interface Manifest {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly labels: object };
  // biome-ignore lint/suspicious/noExplicitAny: manifests are read as they are, with no types at hand
  readonly [key: string]: any;
}

/** The options in force with these arguments; the configuration file that they name is this text. */
async function checked(args: readonly string[], config = read('exporter.yaml')) {
  const directory = mkdtempSync(path.join(tmpdir(), 'exporter-deployment-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  const file = path.join(directory, 'exporter.yaml');
  writeFileSync(file, config);
  const named = args.map((arg) => (arg === '/etc/agent-exporter/exporter.yaml' ? file : arg));
  const { exitCode, out, err } = await cli('exporter', ...named, '--check', '--json');
  expect(err).toBe('');
  expect(exitCode).toBe(0);
  return { options: JSON.parse(out).options, usesFile: named.includes(file) };
}

test('the example of a configuration is one', async () => {
  const { options } = await checked(['--config', '/etc/agent-exporter/exporter.yaml']);
  expect(options).toMatchObject(parse(read('exporter.yaml')));
});

describe('the systemd unit', () => {
  const unit = read('agent-exporter.service');
  const setting = (name: string) => new RegExp(`^${name}=(.*)$`, 'm').exec(unit)?.[1];

  test('starts the exporter with flags that it has', async () => {
    const [node, main, command, ...args] = String(setting('ExecStart')).split(' ');
    expect([node, main, command]).toEqual(['/usr/bin/node', `/opt/agent-exporter/${MAIN}`, 'exporter']);
    const { options, usesFile } = await checked(args);
    expect(usesFile).toBe(true);
    expect(options.contentDir).toBe(`/var/lib/${setting('StateDirectory')}`);
  });

  test('does not restart what is configured wrongly', async () => {
    const { exitCode } = await cli('exporter', '--poll-interval', 'often');
    expect(setting('RestartPreventExitStatus')).toBe(String(exitCode));
  });
});

describe('the container', () => {
  const dockerfile = read('Dockerfile');
  const list = (instruction: string): string[] =>
    JSON.parse(String(new RegExp(`^${instruction} (.*)$`, 'm').exec(dockerfile)?.[1]));

  test('starts the exporter with flags that it has, reachable from outside', async () => {
    expect(list('ENTRYPOINT')).toEqual(['node', MAIN, 'exporter']);
    const { options, usesFile } = await checked(list('CMD'), '');
    expect(usesFile).toBe(true);
    expect(options.metrics).toEqual({ host: '0.0.0.0', port: PORT });
  });

  test('exposes and asks the default port', () => {
    expect(dockerfile).toContain(`EXPOSE ${PORT}\n`);
    expect(dockerfile).toContain(`http://127.0.0.1:${PORT}/healthz`);
  });
});

describe('the manifests for Kubernetes', () => {
  let manifests: ReadonlyMap<string, Manifest>;
  const of = (kind: string) => manifests.get(kind) as Manifest;

  beforeAll(() => {
    const documents = parseAllDocuments(read('kubernetes.yaml'));
    manifests = new Map(documents.map((document) => [document.toJS().kind, document.toJS()]));
  });

  test('are those that it takes', () => {
    expect([...manifests.keys()]).toEqual(['ConfigMap', 'Deployment', 'Service', 'ServiceMonitor']);
    for (const { metadata } of manifests.values()) {
      expect(metadata).toEqual({ name: 'agent-exporter', labels: { 'app.kubernetes.io/name': 'agent-exporter' } });
    }
  });

  test('start the exporter with flags, configuration and variables that it has', async () => {
    const [container] = of('Deployment').spec.template.spec.containers;
    const { options, usesFile } = await checked(container.args, of('ConfigMap').data['exporter.yaml']);
    expect(usesFile).toBe(true);
    expect(options.metrics).toEqual({ host: '0.0.0.0', port: container.ports[0].containerPort });
    expect(variablesOf('temporal.apiKey')).toContain(container.env[0].name);
    const [mount] = container.volumeMounts;
    expect(container.args).toContain(`${mount.mountPath}/exporter.yaml`);
  });

  test('lead from the monitor to the port of the container', () => {
    const { template, selector } = of('Deployment').spec;
    const [container] = template.spec.containers;
    const [port] = of('Service').spec.ports;
    const [endpoint] = of('ServiceMonitor').spec.endpoints;
    expect(selector.matchLabels).toEqual(template.metadata.labels);
    expect(of('Service').spec.selector).toEqual(template.metadata.labels);
    expect(of('ServiceMonitor').spec.selector.matchLabels).toEqual(of('Service').metadata.labels);
    expect([endpoint.port, port.targetPort]).toEqual([port.name, container.ports[0].name]);
    expect([container.livenessProbe.httpGet, container.readinessProbe.httpGet]).toEqual([
      { path: '/healthz', port: port.name },
      { path: '/readyz', port: port.name },
    ]);
  });
});

test('every configuration in the docs is one', async () => {
  const blocks = [...readFileSync('docs/exporter.md', 'utf8').matchAll(/```yaml\n([\s\S]*?)```/g)];
  const configurations = blocks.flatMap(([, text = '']) => (text.includes('$schema=') ? [text] : []));
  expect(configurations.length).toBeGreaterThan(0);
  for (const text of configurations) await checked(['--config', '/etc/agent-exporter/exporter.yaml'], text);
});

test('every command in the docs has flags that exist', async () => {
  const page = readFileSync('docs/exporter.md', 'utf8');
  const commands = [...page.matchAll(/^(?:npx )?temporal-agent-observability exporter(.*)$/gm)];
  expect(commands.length).toBeGreaterThan(2);
  const { out: help } = await cli('exporter', '--help');
  for (const [, args = ''] of commands) {
    for (const [flag] of args.matchAll(/--[a-z-]+/g)) expect(help).toMatch(new RegExp(`^ +${flag}[ ,\n]`, 'm'));
  }
});
