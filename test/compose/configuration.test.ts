import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, inject, onTestFinished, test, vi } from 'vitest';
import { ended, executable } from '../doctor/monitoring';
import { doctor, serveAnswers } from '../doctor/support';
import { freePort } from '../support/installed-project';

/** The files that the containers read are run here as they are, by local binaries; names of services do not resolve. */
const ROOT = path.join(import.meta.dirname, '../..');
const PROMETHEUS = path.join(ROOT, 'compose/prometheus/prometheus.yml');
const ALERTMANAGER = path.join(ROOT, 'compose/alertmanager/alertmanager.yml');

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
    },
  };
  expect((await fetch(url, { method: 'POST', body: JSON.stringify({ alerts: [alert] }) })).status).toBe(200);
  expect((await fetch(url, { method: 'POST', body: 'not JSON' })).status).toBe(400);
  const shown = await (await fetch(url)).text();
  expect(shown).toMatch(/FIRING {2}TemporalAgentRunsOverdue {2}task_type=research/);
  expect(shown).toContain('$ overdue --task-type research');
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
