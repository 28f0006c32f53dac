import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect as connectTo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Client } from '@temporalio/client';
import { defineSearchAttributeKey, TypedSearchAttributes } from '@temporalio/common';
import { SEARCH_ATTRIBUTES } from 'temporal-agent-observability';
import { beforeAll, expect, inject, onTestFinished, test, vi } from 'vitest';
import { cli } from '../cli/support/cli';
import { samples } from '../metrics/scrape';
import { freePort } from '../support/installed-project';
import { createNamespace, registerSearchAttributes } from '../support/temporal-server';
import { connect, SOON, startAgent } from './support';

const NAMESPACE = 'exporter-process';
const address = inject('temporalAddress');
const RUNNING = `temporal_agent_workflows_running{temporal_namespace="${NAMESPACE}",task_type="research"}`;

beforeAll(async () => {
  await createNamespace(address, NAMESPACE);
  await registerSearchAttributes(address, NAMESPACE, SEARCH_ATTRIBUTES);
});

interface Binary {
  readonly child: ChildProcess;
  readonly out: () => string;
  readonly err: () => string;
  /** Exit code, once it has ended. */
  readonly exit: Promise<number | null>;
}

/** The binary as a process of its own, with nothing of this one's settings. */
function exporter(args: readonly string[], env: Readonly<Record<string, string>> = {}): Binary {
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith('TEMPORAL_'));
  const child = spawn(process.execPath, ['lib/cli/main.js', 'exporter', ...args], {
    env: { ...Object.fromEntries(inherited), TEMPORAL_CONFIG_FILE: '/no/such/file', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const text = { out: '', err: '' };
  child.stdout?.on('data', (chunk) => {
    text.out += chunk;
  });
  child.stderr?.on('data', (chunk) => {
    text.err += chunk;
  });
  const exit = once(child, 'close').then(([code]) => code);
  return { child, out: () => text.out, err: () => text.err, exit };
}

/** Where a running exporter serves, by what it says at start. */
async function urlOf({ err }: Binary): Promise<URL> {
  const found = await vi.waitUntil(() => /metrics=(http\S+)/.exec(err())?.[1], SOON);
  return new URL(found);
}

async function startedAgent(workflowId: string): Promise<void> {
  const client = new Client({ connection: await connect(address), namespace: NAMESPACE });
  const run = await startAgent(client, 'research', workflowId);
  onTestFinished(async () => {
    await run.terminate();
  });
  const query = 'AgentTaskType = "research"';
  await vi.waitUntil(async () => (await client.workflow.count(query)).count > 0, SOON);
}

test('serves what it sees from a configuration file until it is told to stop', async () => {
  await startedAgent('serves');
  const directory = mkdtempSync(path.join(tmpdir(), 'exporter-process-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  const config = path.join(directory, 'exporter.yaml');
  writeFileSync(config, `namespaces: [${NAMESPACE}]\npollInterval: 1s\nmetrics: { port: 0 }\n`);
  const running = exporter(['--config', config], { TEMPORAL_ADDRESS: address });
  const url = await urlOf(running);
  await vi.waitFor(async () => {
    expect(samples(await (await fetch(url)).text()).get(RUNNING)).toBeGreaterThan(0);
  }, SOON);
  await vi.waitUntil(async () => (await fetch(new URL('/readyz', url))).status === 200, SOON);
  expect((await fetch(new URL('/healthz', url))).status).toBe(200);
  expect(running.err()).toContain(`temporal=${address}`);
  expect(running.err()).toContain(NAMESPACE);
  running.child.kill('SIGTERM');
  expect(await running.exit).toBe(0);
  expect(running.err()).toMatch(/INFO {2}Agent observability: the exporter stops on SIGTERM\n$/);
  expect(running.out()).toBe('');
});

test('serves without Temporal, says that it is not ready, and stops cleanly', async () => {
  const running = exporter(['--address', '127.0.0.1:1', '--metrics-port', '0']);
  const url = await urlOf(running);
  await vi.waitUntil(() => running.err().includes('Check that the server runs'), SOON);
  expect((await fetch(new URL('/healthz', url))).status).toBe(200);
  const ready = await fetch(new URL('/readyz', url));
  expect(ready.status).toBe(503);
  expect(await ready.text()).toContain('never succeeded');
  running.child.kill('SIGINT');
  expect(await running.exit).toBe(0);
});

test('becomes ready once Temporal can be reached', async () => {
  const port = await freePort();
  const running = exporter([
    ...['--address', `127.0.0.1:${port}`, '--namespace', NAMESPACE],
    ...['--metrics-port', '0', '--poll-interval', '1s'],
  ]);
  const ready = new URL('/readyz', await urlOf(running));
  expect((await fetch(ready)).status).toBe(503);
  const [host = '', upstream] = address.split(':');
  const server = createServer((socket) => {
    const target = connectTo({ host, port: Number(upstream) });
    socket.pipe(target).pipe(socket);
    socket.on('error', () => target.destroy());
    target.on('error', () => socket.destroy());
  });
  server.listen(port, '127.0.0.1');
  onTestFinished(() => void server.close());
  await vi.waitUntil(async () => (await fetch(ready)).status === 200, SOON);
  running.child.kill('SIGTERM');
  expect(await running.exit).toBe(0);
});

test('fails at once when its port is taken, and says which option changes it', async () => {
  const taken = createServer().listen(0, '127.0.0.1');
  await once(taken, 'listening');
  onTestFinished(() => void taken.close());
  const { port } = taken.address() as { port: number };
  const failed = exporter(['--address', address, '--namespace', NAMESPACE, '--metrics-port', String(port)]);
  expect(await failed.exit).toBe(1);
  expect(failed.err()).toContain(`error: Metrics cannot be served on 127.0.0.1:${port}: listen EADDRINUSE`);
  expect(failed.err()).toContain('--metrics-port (metrics.port in the configuration file)');
});

test('a wrong configuration is an error of its own', async () => {
  const failed = exporter(['--poll-interval', 'often']);
  expect(await failed.exit).toBe(2);
  expect(failed.err()).toMatch(/^error: --poll-interval: expected a duration .*, got "often"\n$/);
});

test('writes its log as JSON when asked to', async () => {
  const running = exporter(['--address', '127.0.0.1:1', '--metrics-port', '0', '--log-format', 'json']);
  await vi.waitUntil(() => running.err().includes('the exporter starts'), SOON);
  const lines = running
    .err()
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(lines.at(-1)).toMatchObject({
    level: 'INFO',
    temporal: '127.0.0.1:1',
    namespaces: ['default'],
    metrics: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/metrics$/),
  });
  running.child.kill('SIGTERM');
  expect(await running.exit).toBe(0);
});

test('keeps what it finds where the command for findings reads it', async () => {
  const namespace = 'exporter-process-findings';
  await createNamespace(address, namespace);
  await registerSearchAttributes(address, namespace, SEARCH_ATTRIBUTES);
  const client = new Client({ connection: await connect(address), namespace });
  const due = new Date(Date.now() - 3_600_000);
  const start = (workflowId: string, dueAt: Date) =>
    client.workflow.start('agent', {
      taskQueue: 'no-worker',
      workflowId,
      typedSearchAttributes: new TypedSearchAttributes([
        { key: defineSearchAttributeKey('AgentTaskType', 'KEYWORD'), value: 'refund' },
        { key: defineSearchAttributeKey('AgentApprovalState', 'KEYWORD'), value: 'submitted' },
        { key: defineSearchAttributeKey('AgentApprovalDueAt', 'DATETIME'), value: dueAt },
      ]),
    });
  const runs = [await start('late', due), await start('in-time', new Date(Date.now() + 3_600_000))];
  await vi.waitUntil(async () => (await client.workflow.count('AgentTaskType = "refund"')).count === 2, SOON);
  const directory = mkdtempSync(path.join(tmpdir(), 'exporter-process-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  const once = exporter(['--address', address, '--namespace', namespace, '--once', '--content-dir', directory]);
  expect(await once.exit).toBe(0);
  for (const run of runs) await run.terminate();
  const { out } = await cli('findings', '--namespace', namespace, '--content-dir', directory, '--json');
  expect(JSON.parse(out).findings).toEqual([
    expect.objectContaining({ id: 'approval-overdue', workflowId: 'late', taskType: 'refund' }),
  ]);
  expect(once.err()).toContain('finding=approval-overdue');
});

test('--once prints the metrics of one poll', async () => {
  await startedAgent('once');
  const once = exporter(['--address', address, '--namespace', NAMESPACE, '--once']);
  expect(await once.exit).toBe(0);
  expect(samples(once.out()).get(RUNNING)).toBeGreaterThan(0);
  expect(once.err()).toBe('');
});

test('--once tells a namespace that cannot be read', async () => {
  const missing = exporter(['--address', address, '--namespace', `${NAMESPACE},exporter-no-such-namespace`, '--once']);
  expect(await missing.exit).toBe(1);
  expect(missing.err()).toContain('error: Not everything could be read: namespace "exporter-no-such-namespace"');
  expect(missing.err()).not.toContain(`namespace "${NAMESPACE}"`);
  expect(missing.out()).toContain(`temporal_namespace="${NAMESPACE}"`);
});
