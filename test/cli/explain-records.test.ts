import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { AgentObservabilityPlugin, withAgentTask } from 'temporal-agent-observability';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import type { Explanation } from '#lib/cli/explain/explanation';
import { createNamespace } from '../support/temporal-server';
import { createActivities } from './support/activities';
import { cli } from './support/cli';
import * as workflows from './support/workflows';

const address = inject('temporalAddress');
const namespace = 'explain-records';
const taskQueue = 'explain-records';
const directory = mkdtempSync(path.join(tmpdir(), 'explain-records-'));

/** Runs that a worker with the plugin has recorded, the worker being gone. */
beforeAll(async () => {
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  await createNamespace(address, namespace);
  const plugin = new AgentObservabilityPlugin({ content: directory, metrics: 'off' });
  const native = await NativeConnection.connect({ address });
  const worker = await Worker.create({
    connection: native,
    namespace,
    taskQueue,
    workflowsPath: path.join(import.meta.dirname, 'support/workflows.ts'),
    activities: createActivities(),
    plugins: [plugin],
  });
  const connection = await Connection.connect({ address });
  const client = new Client({ connection, namespace, plugins: [plugin] });
  await worker.runUntil(async () => {
    await withAgentTask({ taskType: 'finding things', taskId: 'ticket-7', sessionId: 'session-3' }, async () => {
      const options = { taskQueue, workflowId: 'searcher' };
      await client.workflow.signalWithStart(workflows.waitsForSignal, { ...options, signal: workflows.proceed });
    });
    await client.workflow.getHandle('searcher').result();
    await client.workflow.execute(workflows.continuesAsNew, { taskQueue, workflowId: 'chain', args: [3] });
    await client.workflow.execute(workflows.fetchesMuch, { taskQueue, workflowId: 'fetcher' });
  });
  await connection.close();
  await native.close();
});

afterAll(() => rmSync(directory, { recursive: true, force: true }));

async function explain(workflowId: string, ...flags: string[]): Promise<Explanation> {
  const connection = ['--address', address, '--namespace', namespace];
  const { exitCode, out, err } = await cli(
    ...['explain', workflowId, '--json', ...connection, '--content-dir', directory, ...flags],
  );
  expect({ exitCode, err }).toEqual({ exitCode: 0, err: '' });
  return JSON.parse(out);
}

test('adds what only records know: ids, cost, references to content, every failed attempt', async () => {
  const { workflow, iterations, tools, failedAttempts, totals, notes } = await explain('searcher');
  expect(workflow).toMatchObject({ taskType: 'finding things', taskId: 'ticket-7', sessionId: 'session-3' });
  expect(iterations).toMatchObject([
    { number: 1, source: 'record', costUsd: expect.any(Number), toolCalls: [{ name: 'search', id: 'call_0' }] },
    { number: 2, source: 'record', input: { sha256: expect.any(String) }, output: { uri: expect.any(String) } },
  ]);
  expect(tools).toMatchObject([{ name: 'search', iteration: 1, attempts: 2, outcome: 'ok', source: 'record' }]);
  expect(failedAttempts).toMatchObject([
    { attempt: 1, source: 'record', failure: { type: 'IndexNotReady', message: 'index is warming up' } },
  ]);
  expect(totals).toMatchObject({ modelCalls: 2, toolCalls: 1, callsWithoutCost: 0, costUsd: expect.any(Number) });
  expect(notes).toEqual([]);
});

test('knows the number of an iteration although the runs before were not read', async () => {
  const { chain, iterations } = await explain('chain', '--limit', '25');
  expect(chain.length).toBeLessThan(3);
  expect(iterations.at(-1)).toMatchObject({ number: 6 });
});

test('shows findings with their advice', async () => {
  const { findings } = await explain('fetcher');
  expect(findings).toMatchObject([{ id: 'payload-near-limit', severity: 'warning', foundAt: expect.any(String) }]);
  const flags = ['--address', address, '--namespace', namespace, '--content-dir', directory];
  const { out } = await cli('explain', 'fetcher', ...flags);
  expect(out).toContain('payload-near-limit');
  expect(out).toContain(findings[0]?.advice);
});

test('falls back to history, and says so, where the directory has no records of the agent', async () => {
  const elsewhere = mkdtempSync(path.join(tmpdir(), 'explain-records-none-'));
  const { iterations, notes } = await explain('searcher', '--content-dir', elsewhere);
  rmSync(elsewhere, { recursive: true });
  expect(iterations).toMatchObject([{ source: 'history' }, { source: 'history' }]);
  expect(notes.join('\n')).toContain('No records of this agent');
});

test('says which contents are gone', async () => {
  rmSync(path.join(directory, 'content'), { recursive: true });
  const { iterations, notes } = await explain('searcher');
  expect(iterations).toMatchObject([{ source: 'record' }, { source: 'record' }]);
  expect(notes.join('\n')).toMatch(/\d+ inputs and outputs cannot be shown/);
});
