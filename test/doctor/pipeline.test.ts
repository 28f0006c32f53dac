import { type ChildProcess, spawn } from 'node:child_process';
import path from 'node:path';
import { SEARCH_ATTRIBUTES } from 'temporal-agent-observability';
import { afterAll, beforeAll, beforeEach, expect, inject, onTestFinished, test, vi } from 'vitest';
import { Effects, Server } from '../plugin/observed';
import { freePort } from '../support/installed-project';
import { quietRuntime } from '../support/quiet-runtime';
import { createNamespace, registerSearchAttributes } from '../support/temporal-server';
import { ALERTS, ended, job, startAlertmanager, startPrometheus } from './monitoring';
import { type Diagnosis, doctor, serve, serveAnswers } from './support';

const NAMESPACE = 'doctor-pipeline';
const SOON = { timeout: 30_000, interval: 250 };
const address = inject('temporalAddress');
const RULES = { rule_files: [path.join(ALERTS, '*.rules.yml')] };

let server: Server;
let workerUrl: string;
let exporterUrl: string;
let exporter: ChildProcess;
let stopWorker: () => Promise<void>;

beforeAll(async () => {
  quietRuntime();
  await createNamespace(address, NAMESPACE);
  await registerSearchAttributes(address, NAMESPACE, SEARCH_ATTRIBUTES);
  server = await Server.connect(address, NAMESPACE);
  const effects = new Effects();
  const ports = { worker: await freePort(), exporter: await freePort() };
  workerUrl = `http://127.0.0.1:${ports.worker}/metrics`;
  exporterUrl = `http://127.0.0.1:${ports.exporter}`;
  const worker = await server.worker({
    taskQueue: 'doctor',
    workflowsPath: path.join(import.meta.dirname, '../plugin/workflows/index.ts'),
    plugins: [effects.plugin({ metrics: { port: ports.worker } })],
  });
  const running = worker.run();
  stopWorker = async () => {
    worker.shutdown();
    await running;
    effects.remove();
  };
  exporter = startExporter(ports.exporter);
  await vi.waitUntil(async () => (await fetch(`${exporterUrl}/readyz`).catch(() => undefined))?.ok, SOON);
});

afterAll(async () => {
  await ended(exporter);
  await stopWorker();
  await server.close();
});

/** The command as a process of its own, which polls once a second. */
function startExporter(port: number): ChildProcess {
  const args = ['lib/cli/main.js', 'exporter', '--namespace', NAMESPACE, '--address', address];
  return spawn(process.execPath, [...args, '--metrics-port', String(port), '--poll-interval', '1s'], {
    stdio: 'ignore',
  });
}

let own: string[];
beforeEach(() => {
  own = ['--address', address, '--namespace', NAMESPACE, '--worker-metrics', workerUrl, '--exporter', exporterUrl];
});

const jobs = () => [job('temporal-agent-worker', workerUrl), job('temporal-agent-exporter', exporterUrl)];

/** Asks again until it says what is expected: what was scraped shows a moment later. */
function until(args: readonly string[], expectation: (diagnosis: Diagnosis) => void): Promise<void> {
  return vi.waitFor(async () => expectation(await doctor(...args)), SOON);
}

test('from agent to notification, everything is in order', async () => {
  const webhook = await serve((_, response) => response.end());
  const alertmanager = await startAlertmanager({
    route: { receiver: 'people' },
    receivers: [{ name: 'people', webhook_configs: [{ url: webhook }] }],
    inhibit_rules: [
      {
        source_matchers: ['alertname="TemporalAgentExporterDown"'],
        target_matchers: ['alertname="TemporalAgentOrphaned"'],
      },
    ],
  });
  const prometheus = await startPrometheus({
    ...RULES,
    scrape_configs: jobs(),
    alerting: { alertmanagers: [{ static_configs: [{ targets: [new URL(alertmanager).host] }] }] },
  });
  await until([...own, '--prometheus', prometheus, '--alertmanager', alertmanager], ({ all, exitCode, check }) => {
    expect(all('problem')).toEqual([]);
    // No agent was started.
    expect(all('warning')).toEqual(['temporal/agents']);
    expect(exitCode).toBe(0);
    expect(check('worker/workers')?.message).toBe('1 worker runs in that process');
    expect(check('worker/search-attributes-enabled')?.status).toBe('ok');
    expect(check('worker/observer-errors')?.status).toBe('ok');
    expect(check('worker/content')?.status).toBe('ok');
    expect(check('exporter/namespace')?.message).toBe(`watches namespace "${NAMESPACE}"`);
    expect(check('prometheus/targets-of-worker')?.message).toBe('1 target of the worker up');
    expect(check('prometheus/samples-of-exporter')?.status).toBe('ok');
    expect(check('prometheus/rules')?.message).toMatch(/^all \d+ rules are loaded$/);
    expect(check('prometheus/rule-health')?.message).toContain('no alert fires');
    expect(check('prometheus/alertmanagers')?.message).toContain(new URL(alertmanager).host);
    expect(check('alertmanager/receivers')?.message).toBe('notifies people');
    expect(check('alertmanager/inhibition')?.status).toBe('ok');
  });
});

test('a Prometheus that knows nothing of us is told what to add', async () => {
  const prometheus = await startPrometheus({});
  const { exitCode, all, check } = await doctor(...own, '--prometheus', prometheus);
  expect(exitCode).toBe(1);
  expect(all('problem').sort()).toEqual(
    [
      'alertmanagers',
      'rules',
      'samples-of-exporter',
      'samples-of-worker',
      'targets-of-exporter',
      'targets-of-worker',
    ].map((name) => `prometheus/${name}`),
  );
  expect(check('prometheus/rules')?.fix).toContain('rule_files');
  expect(check('prometheus/targets-of-exporter')?.fix).toContain('job_name: temporal-agent-exporter');
});

test('a target that is down is named with its last error', async () => {
  const nobody = `http://127.0.0.1:${await freePort()}`;
  const prometheus = await startPrometheus({
    scrape_configs: [job('temporal-agent-worker', workerUrl), job('temporal-agent-exporter', nobody)],
  });
  await until([...own, '--prometheus', prometheus], ({ check }) => {
    expect(check('prometheus/targets-of-worker')?.status).toBe('ok');
    const { status, message } = check('prometheus/targets-of-exporter') ?? {};
    expect(status).toBe('problem');
    expect(message).toContain(nobody);
    expect(message).toContain('connection refused');
  });
});

test('jobs of other names are found out, and taken when they are given', async () => {
  const prometheus = await startPrometheus({
    ...RULES,
    scrape_configs: [job('agents', workerUrl), job('watcher', exporterUrl)],
  });
  await until([...own, '--prometheus', prometheus], ({ check }) => {
    expect(check('prometheus/targets-of-exporter')).toMatchObject({
      status: 'problem',
      message: 'the exporter is scraped as job watcher, and the rules expect temporal-agent-exporter',
      fix: expect.stringContaining('--exporter-job watcher'),
    });
  });
  const named = [...own, '--prometheus', prometheus, '--worker-job', 'agents', '--exporter-job', 'watch.+'];
  await until(named, ({ check }) => {
    expect(check('prometheus/targets-of-worker')?.status).toBe('ok');
    expect(check('prometheus/targets-of-exporter')?.status).toBe('ok');
  });
});

test('a few rules are not all, and one that cannot be evaluated says why', async () => {
  const labels = { task_type: 'research', temporal_namespace: NAMESPACE };
  const twice = (instance: string) => ({ targets: [new URL(workerUrl).host], labels: { ...labels, instance } });
  const prometheus = await startPrometheus({
    rule_files: [path.join(import.meta.dirname, 'failing.rules.yml')],
    scrape_configs: [{ job_name: 'temporal-agent-worker', static_configs: [twice('a'), twice('b')] }],
  });
  await until([...own, '--prometheus', prometheus], ({ check }) => {
    expect(check('prometheus/rules')?.message).toMatch(/rules are not loaded: .*, and \d+ more$/);
    expect(check('prometheus/rule-health')).toMatchObject({
      status: 'problem',
      message: expect.stringContaining('TemporalAgentObserverErrors: '),
    });
  });
});

test('an Alertmanager whose alerts reach nobody is a problem', async () => {
  const alertmanager = await startAlertmanager({ route: { receiver: 'nobody' }, receivers: [{ name: 'nobody' }] });
  const { exitCode, check } = await doctor(...own, '--alertmanager', alertmanager);
  expect(exitCode).toBe(1);
  expect(check('alertmanager/ready')?.status).toBe('ok');
  expect(check('alertmanager/receivers')?.status).toBe('problem');
  expect(check('alertmanager/inhibition')?.status).toBe('warning');
});

test('an exporter of other namespaces is a warning', async () => {
  const { check } = await doctor('--address', address, ...own.slice(4), '--namespace', 'default');
  expect(check('exporter/namespace')).toMatchObject({
    status: 'warning',
    message: `watches "${NAMESPACE}", and not namespace "default"`,
  });
});

test('a worker whose gate is shut, errors inside the observer and lost content are warnings with what mends them', async () => {
  const page = (await (await fetch(workerUrl)).text())
    .replace(/^(temporal_agent_search_attributes_enabled\{.*\}) 1$/m, '$1 0')
    .replace(/^(temporal_agent_observer_errors_total\{.*part="(?:detector|content|journal)".*\}) 0$/gm, '$1 3')
    .replace(/^(temporal_agent_content_dropped_total\{.*\}) 0$/m, '$1 7')
    .replace(/^(temporal_agent_content_failed_total\{.*\}) 0$/m, '$1 1');
  const url = await serveAnswers({ '/metrics': page });
  const { all, check } = await doctor(...own, '--worker-metrics', url);
  expect(all('problem')).toEqual([]);
  expect(check('worker/search-attributes-enabled')?.message).toContain(`task queue doctor of namespace "${NAMESPACE}"`);
  expect(check('worker/search-attributes-enabled')?.fix).toContain(`setup --namespace ${NAMESPACE}`);
  expect(check('worker/observer-errors')).toMatchObject({
    status: 'warning',
    message: expect.stringMatching(/3 in detector, 3 in content, 3 in journal/),
    fix: expect.stringMatching(/detector: most likely a defect.*content, journal: see that the content directory/),
  });
  expect(check('worker/content')).toMatchObject({
    status: 'warning',
    message: expect.stringContaining('7 records or contents given up, 1 content refused by the store'),
    fix: expect.stringContaining('Free the disk'),
  });
});

test('a process that outlives a worker which failed is a problem', async () => {
  const page = (await (await fetch(workerUrl)).text())
    .replace(/^(temporal_agent_workers_running\{.*\}) 1$/m, '$1 0')
    .replace(/^(temporal_agent_workers_failed\{.*\}) 0$/m, '$1 1');
  const { all, check } = await doctor(...own, '--worker-metrics', await serveAnswers({ '/metrics': page }));
  expect(all('problem')).toEqual(['worker/workers']);
  expect(check('worker/workers')?.message).toContain(`task queue doctor of namespace "${NAMESPACE}"`);
});

test('an exporter that cannot read Temporal gives its reasons', async () => {
  const port = await freePort();
  const args = ['lib/cli/main.js', 'exporter', '--namespace', NAMESPACE, '--address', '127.0.0.1:1'];
  const child = spawn(process.execPath, [...args, '--metrics-port', String(port)], { stdio: 'ignore' });
  onTestFinished(() => ended(child));
  await until([...own, '--exporter', `http://127.0.0.1:${port}`], ({ check }) => {
    expect(check('exporter/healthz')?.status).toBe('ok');
    expect(check('exporter/readyz')).toMatchObject({
      status: 'problem',
      message: expect.stringMatching(/namespace "doctor-pipeline": never succeeded; .*127\.0\.0\.1:1/),
    });
  });
});
