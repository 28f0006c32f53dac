import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { bundleWorkflowCode, NativeConnection, Worker, type WorkerOptions } from '@temporalio/worker';
import { AgentObservabilityPlugin, SEARCH_ATTRIBUTES } from 'temporal-agent-observability';
import { afterAll, beforeAll, describe, expect, inject, test, vi } from 'vitest';
import type { ReplayReport } from '#lib/cli/replay-check/report';
import { quietRuntime } from '../support/quiet-runtime';
import { createNamespace, registerSearchAttributes } from '../support/temporal-server';
import { cli } from './support/cli';

const address = inject('temporalAddress');
const deployed = require.resolve('./support/replay-check/deployed.ts');
const changed = require.resolve('./support/replay-check/changed.ts');
const directory = mkdtempSync(path.join(tmpdir(), 'cli-replay-check-'));

const NAMESPACE = 'replay-check';
const stops: (() => Promise<unknown>)[] = [];
let client: Client;
let native: NativeConnection;

const activities = {
  async callModel(prompt: string): Promise<string> {
    if (prompt === 'for ever') await new Promise(() => {});
    return prompt;
  },
  async search(query: string): Promise<string> {
    return query;
  },
};

const plugin = () => new AgentObservabilityPlugin({ metrics: 'off', content: 'off', logger: quietRuntime() });

async function startWorker(taskQueue: string, options: Partial<WorkerOptions>): Promise<void> {
  const worker = await Worker.create({
    connection: native,
    namespace: NAMESPACE,
    taskQueue,
    activities,
    shutdownForceTime: 1,
    ...options,
  });
  const running = worker.run();
  stops.push(async () => {
    worker.shutdown();
    await running;
  });
}

beforeAll(async () => {
  quietRuntime();
  await createNamespace(address, NAMESPACE);
  await registerSearchAttributes(address, NAMESPACE, SEARCH_ATTRIBUTES);
  native = await NativeConnection.connect({ address });
  client = new Client({ connection: await Connection.connect({ address }), namespace: NAMESPACE });
  await startWorker('agents', { workflowsPath: deployed, plugins: [plugin()] });
  await startWorker('plain', { workflowsPath: deployed });
  const start = (workflowType: string, taskQueue: string, workflowId: string) =>
    client.workflow.start(workflowType, { taskQueue, workflowId, args: ['a question'] });
  await start('research', 'agents', 'research-1');
  await start('research', 'agents', 'research-2');
  await start('research', 'plain', 'research-plain');
  await start('support', 'agents', 'support-1');
  await start('watch', 'agents', 'watch-1');
  await start('stuck', 'agents', 'stuck-1');
  await start('notBegun', 'nobody', 'not-begun');
  await vi.waitFor(
    async () => {
      for (const [id, events] of [['research-1', 18], ['research-2', 18], ['research-plain', 16], ['support-1', 11], ['watch-1', 5], ['stuck-1', 5]] as const) {
        const { historyLength } = await client.workflow.getHandle(id).describe();
        console.log(id, historyLength);
        expect(historyLength).toBeGreaterThanOrEqual(5);
      }
      const { count } = await client.workflowService.countWorkflowExecutions({ namespace: NAMESPACE });
      expect(count.toNumber()).toBe(7);
    },
    { timeout: 20_000, interval: 1000 },
  );
}, 60_000);

afterAll(async () => {
  for await (const { workflowId } of client.workflow.list({ query: "ExecutionStatus = 'Running'" })) {
    await client.workflow.getHandle(workflowId).terminate();
  }
  await Promise.all(stops.map((stop) => stop()));
  await client.connection.close();
  await native.close();
  rmSync(directory, { recursive: true, force: true });
});

const replayCheck = (...args: string[]) => cli('replay-check', '--address', address, '--namespace', NAMESPACE, ...args);

test('same', async () => {
  console.log(await replayCheck('--workflows', deployed));
});
test('changed', async () => {
  const r = await replayCheck('--workflows', changed);
  console.log(r.out, r.err);
  console.log(await replayCheck('--workflows', changed, '--json'));
});
