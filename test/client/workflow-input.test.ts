import type { Client } from '@temporalio/client';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, test } from 'vitest';
import { PAYLOAD_LIMIT_BYTES, PAYLOAD_WARN_BYTES } from '#lib/definitions/limits';
import { Effects, Server } from '../plugin/observed';
import { quietRuntime } from '../support/quiet-runtime';
import { createNamespace } from '../support/temporal-server';

const NAMESPACE = 'client-workflow-input';
const taskQueue = 'nobody';

let server: Server;
let effects: Effects;

beforeAll(async () => {
  quietRuntime();
  await createNamespace(inject('temporalAddress'), NAMESPACE);
  server = await Server.connect(inject('temporalAddress'), NAMESPACE);
});

afterAll(() => server.close());

beforeEach(() => {
  effects = new Effects();
});

afterEach(() => effects.remove());

/** One argument that is so many bytes as JSON, the brackets around the arguments counted. */
const inputOf = (bytes: number) => ['x'.repeat(bytes - 4)];

interface Start {
  readonly workflowId: string;
  readonly taskQueue: string;
  readonly args: string[];
  readonly signal: string;
}

const findings = () => effects.logger.lines.flatMap(({ meta }) => (meta.finding === undefined ? [] : [meta]));

describe('the input of a workflow', () => {
  test('below 512 KiB is no finding', async () => {
    const client = server.clientWith(effects.plugin());
    await client.workflow.start('agent', { workflowId: 'below', taskQueue, args: inputOf(PAYLOAD_WARN_BYTES - 1) });
    expect(findings()).toEqual([]);
  });

  test.each([
    ['start', (client: Client, options: Start) => client.workflow.start('agent', options)],
    ['signalWithStart', (client: Client, options: Start) => client.workflow.signalWithStart('agent', options)],
  ])('of 512 KiB is near the limit: %s', async (method, start) => {
    const client = server.clientWith(effects.plugin());
    const options = { workflowId: `near-${method}`, taskQueue, args: inputOf(PAYLOAD_WARN_BYTES), signal: 'go' };
    const handle = await start(client, options);
    expect(findings()).toMatchObject([
      {
        finding: 'payload-near-limit',
        severity: 'warning',
        workflowType: 'agent',
        workflowId: options.workflowId,
        runId: (await handle.describe()).runId,
        boundary: 'workflow_input',
        subject: 'agent',
        bytes: PAYLOAD_WARN_BYTES,
      },
    ]);
    expect(JSON.stringify(effects.logger.lines)).not.toContain('xxx');
  });

  test('of 2 MiB is over the limit, said also when the server refuses the start', async () => {
    const client = server.clientWith(effects.plugin());
    const options = { workflowId: 'over', taskQueue, args: inputOf(PAYLOAD_LIMIT_BYTES + 1) };
    const refused = (await client.workflow.start('agent', options).catch((error: Error) => error)) as Error;
    const plain = (await server.client.workflow.start('agent', options).catch((error: Error) => error)) as Error;
    expect(refused).toBeInstanceOf(Error);
    expect([refused.name, refused.message, String(refused.cause)]).toEqual([
      plain.name,
      plain.message,
      String(plain.cause),
    ]);
    expect(findings()).toMatchObject([
      { finding: 'payload-over-limit', severity: 'critical', workflowId: 'over', bytes: PAYLOAD_LIMIT_BYTES + 1 },
    ]);
  });
});

describe('where a worker of the process runs in the namespace', () => {
  test('the finding is counted and recorded under the run', async () => {
    const plugin = effects.plugin();
    const activities = { nothing: async () => {} };
    await server.during({ taskQueue: 'beside', activities, plugins: [plugin] }, async () => {
      const client = server.clientWith(plugin);
      const args = inputOf(PAYLOAD_WARN_BYTES);
      const handle = await client.workflow.start('agent', { workflowId: 'beside', taskQueue, args });
      expect(await effects.metric('findings_total', { finding: 'payload-near-limit' })).toBe(1);
      expect(await effects.metric('payload_bytes_sum', { boundary: 'workflow_input' })).toBe(PAYLOAD_WARN_BYTES);
      const { findings: recorded } = await effects.records(NAMESPACE, 'beside');
      expect(recorded).toMatchObject([
        { id: 'payload-near-limit', runId: handle.firstExecutionRunId, evidence: { bytes: PAYLOAD_WARN_BYTES } },
      ]);
    });
  });
});

test('a client in a process without workers opens nothing before its first finding, and no port even then', async () => {
  const client = server.clientWith(effects.plugin());
  await client.workflow.start('agent', { workflowId: 'small', taskQueue, args: inputOf(100) });
  expect(await effects.registry.metrics()).not.toContain('temporal_agent_');

  const args = inputOf(PAYLOAD_WARN_BYTES);
  const { firstExecutionRunId: runId } = await client.workflow.start('agent', { workflowId: 'alone', taskQueue, args });
  expect(await effects.metric('findings_total', { finding: 'payload-near-limit' })).toBe(1);
  const { findings: recorded } = await effects.records(NAMESPACE, 'alone');
  expect(recorded).toMatchObject([{ id: 'payload-near-limit', runId }]);
});

test("in mode 'off' nothing is looked at", async () => {
  const client = server.clientWith(effects.plugin({ mode: 'off' }));
  await client.workflow.start('agent', { workflowId: 'off', taskQueue, args: inputOf(PAYLOAD_WARN_BYTES) });
  expect(effects.logger.lines).toEqual([]);
});
