import { context, propagation, trace } from '@opentelemetry/api';
import { node } from '@opentelemetry/sdk-node';
import { agentContext, correlationHeaders } from 'temporal-agent-observability/activity';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { Effects } from '../plugin/observed';
import { ActivityWorker } from './support';

const activities = {
  async whoami() {
    await new Promise((resolve) => setImmediate(resolve));
    return { context: agentContext(), headers: correlationHeaders() };
  },
};

type Whoami = Awaited<ReturnType<(typeof activities)['whoami']>>;

let worker: ActivityWorker;

beforeAll(async () => {
  worker = await ActivityWorker.start(inject('temporalAddress'), 'activity-context', activities);
});

afterAll(() => worker.close());

const TASK = { taskType: 'research', taskId: 'ticket-1', sessionId: 'session-1' };

test('agentContext() is who the activity works for', async () => {
  const { result, workflowId, runId } = await worker.call('whoami', [], {}, TASK);
  expect((result as Whoami).context).toEqual({
    ...TASK,
    namespace: 'activity-context',
    workflowId,
    runId,
    workflowType: 'call',
    taskQueue: 'activities',
    activityId: '1',
    activityType: 'whoami',
    attempt: 1,
    isLocal: false,
    iteration: 0,
  });
});

test('a task that nobody named has the type of its workflow and no ids', async () => {
  const { result } = await worker.call('whoami', [], { local: true });
  const found = (result as Whoami).context;
  expect(found).toMatchObject({ taskType: 'call', isLocal: true });
  expect(found).not.toHaveProperty('taskId');
  expect(found).not.toHaveProperty('sessionId');
});

describe('correlationHeaders()', () => {
  test('are the ids, fit for HTTP whatever they hold', async () => {
    const task = { taskType: 'research', taskId: 'Grüße / 50%\n', sessionId: '日本\ud800' };
    const { result, workflowId, runId } = await worker.call('whoami', [], {}, task);
    const { headers } = result as Whoami;
    expect(headers).toEqual({
      'x-temporal-namespace': 'activity-context',
      'x-temporal-workflow-id': workflowId,
      'x-temporal-run-id': runId,
      'x-temporal-activity-id': '1',
      'x-agent-task-type': 'research',
      'x-agent-task-id': 'Gr%C3%BC%C3%9Fe%20%2F%2050%25%0A',
      'x-agent-session-id': '%E6%97%A5%E6%9C%AC%EF%BF%BD',
    });
    expect(decodeURIComponent(headers['x-agent-task-id'] ?? '')).toBe(task.taskId);
    expect(() => new Headers(headers)).not.toThrow();
  });

  test('carry the trace context of the attempt when something traces', async () => {
    const provider = new node.NodeTracerProvider();
    provider.register();
    try {
      const { result, records } = await worker.call('whoami');
      const { traceId, spanId } = records[0] ?? {};
      expect(traceId).toMatch(/^[0-9a-f]{32}$/);
      expect((result as Whoami).headers.traceparent).toBe(`00-${traceId}-${spanId}-01`);
    } finally {
      await provider.shutdown();
      trace.disable();
      context.disable();
      propagation.disable();
    }
  });
});

test('outside of activities there are neither', () => {
  expect(agentContext()).toBeUndefined();
  expect(correlationHeaders()).toEqual({});
});

test("in mode 'off' there are neither, and nothing is recorded", async () => {
  const effects = new Effects();
  const options = {
    taskQueue: 'off',
    workflowsPath: require.resolve('./workflows/index.ts'),
    activities,
    plugins: [effects.plugin({ mode: 'off' })],
  };
  await worker.server.during(options, async () => {
    const start = { workflowId: 'off', taskQueue: 'off', args: ['whoami', []] };
    expect(await worker.server.client.workflow.execute('call', start)).toEqual({ headers: {} });
  });
  expect((await effects.records('activity-context', 'off')).records).toEqual([]);
  effects.remove();
});
