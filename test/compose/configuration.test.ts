import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Registry } from 'prom-client';
import { expect, inject, onTestFinished, test, vi } from 'vitest';
import { parse } from 'yaml';
import { METRICS } from '#lib/definitions/metrics';
import { acquireMetrics } from '#lib/metrics/index';
import { quietLogger } from '../../examples/demo/quiet-logger';
import { ended, executable } from '../doctor/monitoring';
import { doctor, serveAnswers } from '../doctor/support';
import { freePort } from '../support/installed-project';

/** The files that the containers read are run here as they are, by local binaries; names of services do not resolve. */
const ROOT = path.join(import.meta.dirname, '../..');
const PROMETHEUS = path.join(ROOT, 'compose/prometheus/prometheus.yml');
const ALERTMANAGER = path.join(ROOT, 'compose/alertmanager/alertmanager.yml');

const { services } = parse(readFileSync(path.join(ROOT, 'compose/docker-compose.yml'), 'utf8'), { merge: true });

const ELSEWHERE = ['--worker-metrics', 'off', '--exporter', 'off'];
const NOWHERE = ['--address', inject('temporalAddress'), '--namespace', 'doctor-nowhere', ...ELSEWHERE];
const SOON = { timeout: 30_000, interval: 250 };

function start(names: readonly string[], args: readonly string[]): void {
  const child = spawn(executable(names), args, { stdio: 'ignore' });
  onTestFinished(() => ended(child));
}

test('promtool and amtool accept them', () => {
  const rules = execFileSync(executable(['promtool']), ['check', 'config', PROMETHEUS], { encoding: 'utf8' });
  expect(rules).toMatch(/pipeline\.rules\.yml/);
  expect(execFileSync(executable(['amtool']), ['check-config', ALERTMANAGER], { encoding: 'utf8' })).toContain(
    'SUCCESS',
  );
});

test('Prometheus loads and evaluates the rules of the package from where they are mounted', async () => {
  const port = await freePort();
  start(
    ['prometheus'],
    [
      `--config.file=${PROMETHEUS}`,
      `--storage.tsdb.path=${path.join(await directory(), 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
      '--enable-feature=exemplar-storage',
    ],
  );
  await vi.waitFor(async () => {
    const { check } = await doctor(...NOWHERE, '--prometheus', `http://127.0.0.1:${port}`);
    expect(check('prometheus/rules')?.message).toMatch(/^all \d+ rules are loaded$/);
    expect(check('prometheus/rule-health')?.status).toBe('ok');
    expect(check('prometheus/targets-of-worker')?.message).toContain('http://demo:9465/metrics');
    expect(check('prometheus/targets-of-exporter')?.message).toContain('http://exporter:9466/metrics');
  }, SOON);
});

test('Alertmanager notifies the receiver, and knows the inhibition rules', async () => {
  const port = await freePort();
  start(
    ['alertmanager', 'prometheus-alertmanager'],
    [
      `--config.file=${ALERTMANAGER}`,
      `--storage.path=${await directory()}`,
      `--web.listen-address=127.0.0.1:${port}`,
      '--cluster.listen-address=',
    ],
  );
  await vi.waitFor(async () => {
    const { check } = await doctor(...NOWHERE, '--alertmanager', `http://127.0.0.1:${port}`);
    expect(check('alertmanager/receivers')?.message).toBe('notifies receiver');
    expect(check('alertmanager/inhibition')?.status).toBe('ok');
  }, SOON);
});

test('links of dashboards and alerts lead to the ports at which Grafana and the UI are published', async () => {
  const variables = new Map(
    [...readFileSync(path.join(ROOT, 'compose/.env'), 'utf8').matchAll(/^(\w+)=(.*)$/gm)].map(([, name, value]) => [
      name,
      value,
    ]),
  );
  const filled = (text: string) => text.replaceAll(/\$\{(\w+)\}/g, (_, name) => variables.get(name) ?? '');
  const published = (service: string, inside: number) => {
    const ports = services[service].ports.map(filled) as string[];
    return `http://${ports.find((port) => port.endsWith(`:${inside}`))?.replace(/:\d+$/, '')}`;
  };

  const folder = await directory();
  const [shell, flag, script] = services.rendered.command as [string, string, string];
  const rendering = script
    .replaceAll('$$', '$')
    .replace('/monitoring', folder)
    .replace(/ && exec sleep infinity$/, '');
  expect(rendering).not.toBe(script);
  const env = { ...process.env, CONFIG: filled(services.rendered.environment.CONFIG) };
  execFileSync(shell, [flag, rendering], { cwd: ROOT, env, stdio: 'ignore' });

  const rendered = (name: string) => readFileSync(path.join(folder, name), 'utf8');
  for (const name of readdirSync(path.join(folder, 'dashboards'))) {
    const { templating } = JSON.parse(rendered(`dashboards/${name}`));
    const { query } = templating.list.find((variable: { name: string }) => variable.name === 'temporal_ui');
    expect(query).toBe(published('temporal', 8233));
  }
  const links = [...rendered('alerts/runs.rules.yml').matchAll(/dashboard_url: (.*)\/d\//g)].map(([, base]) => base);
  expect(new Set(links)).toEqual(new Set([published('grafana', 3000)]));

  const check = services.rendered.healthcheck.test.slice(1).map(filled) as string[];
  const grep = (file: string) => execFileSync(check[0] ?? '', [...check.slice(1, -1), file]);
  const last = path.relative('/monitoring', check.at(-1) ?? '');
  expect(() => grep(path.join(folder, last))).not.toThrow();
  expect(() => grep(path.join(ROOT, last))).toThrow();
});

test('the exporter accepts its configuration', () => {
  const args = ['lib/cli/main.js', 'exporter', '--config', 'compose/exporter.yaml', '--check'];
  const shown = execFileSync(process.execPath, args, { cwd: ROOT, encoding: 'utf8' });
  expect(shown).toContain('expected: 1m # compose/exporter.yaml');
});

test('the receiver shows what it is notified of', async () => {
  const url = await receiver();
  expect(await (await fetch(url)).text()).toBe('No notification yet.\n');
  const alert = {
    status: 'firing',
    labels: { alertname: 'TemporalAgentRunsOverdue', task_type: 'research' },
    annotations: {
      summary: 'Agents run too long',
      description: 'One of them',
      command: 'overdue --task-type research',
      dashboard_url: 'http://127.0.0.1:13000/d/agents',
    },
  };
  expect((await fetch(url, { method: 'POST', body: JSON.stringify({ alerts: [alert] }) })).status).toBe(200);
  expect((await fetch(url, { method: 'POST', body: 'not JSON' })).status).toBe(400);
  const shown = await (await fetch(url)).text();
  expect(shown).toMatch(/FIRING {2}TemporalAgentRunsOverdue {2}task_type=research/);
  expect(shown).toContain('$ overdue --task-type research');
  expect(shown).toContain('http://127.0.0.1:13000/d/agents');
});

test('worker and patterns are healthy once something is counted, not once it could be', async () => {
  for (const [service, key] of [
    ['demo', 'llmInputTokens'],
    ['patterns', 'findings'],
  ] as const) {
    const [, , script, , expected] = services[service].healthcheck.test as string[];
    const metrics = acquireMetrics({ registry: new Registry() }, 'worker', () => {}, quietLogger('ERROR'));
    const asked = async () =>
      run(
        path.basename(script ?? ''),
        await serveAnswers({ '/metrics': await metrics.registry.metrics() }).then((url) => `${url}/metrics`),
        expected ?? '',
      );
    const { name, labels } = METRICS[key];
    expect(await metrics.registry.metrics()).toContain(name);
    expect(await asked()).toBe(1);
    metrics.for('default').inc(key, Object.fromEntries(labels.map((label) => [label, 'x'])) as never);
    expect(await asked()).toBe(0);
  }
});

test('health checks fail until what they ask is so', async () => {
  const url = await receiver();
  expect(await run('answers.mjs', `${url}/healthz`, 'ok')).toBe(0);
  expect(await run('answers.mjs', `${url}/healthz`, 'something else')).toBe(1);
  expect(await run('answers.mjs', `http://127.0.0.1:${await freePort()}`, '')).toBe(1);

  const home = { '/api/dashboards/uid/temporal-agent-observability-agents': {} };
  const query = '/api/datasources/proxy/uid/prometheus/api/v1/query';
  const data = (result: unknown[]) => ({ [query]: { status: 'success', data: { result } } });
  expect(await run('ready.mjs', await serveAnswers({ ...home, ...data([{}]) }))).toBe(0);
  expect(await run('ready.mjs', await serveAnswers({ ...home, ...data([]) }))).toBe(1);
  expect(await run('ready.mjs', await serveAnswers(data([{}])))).toBe(1);
});

async function receiver(): Promise<string> {
  const port = await freePort();
  const child = spawn(process.execPath, [path.join(ROOT, 'compose/receiver.mjs')], {
    env: { ...process.env, HOST: '127.0.0.1', PORT: String(port) },
    stdio: 'ignore',
  });
  onTestFinished(() => ended(child));
  const url = `http://127.0.0.1:${port}`;
  await vi.waitFor(async () => expect((await fetch(`${url}/healthz`)).ok).toBe(true), SOON);
  return url;
}

async function run(script: string, ...args: string[]): Promise<number> {
  const child = spawn(process.execPath, [path.join(ROOT, 'compose', script), ...args], { stdio: 'ignore' });
  const [code] = await once(child, 'exit');
  return code;
}

async function directory(): Promise<string> {
  const created = await mkdtemp(path.join(tmpdir(), 'compose-'));
  onTestFinished(() => rm(created, { recursive: true, force: true }));
  return created;
}
