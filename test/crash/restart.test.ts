import { readdirSync } from 'node:fs';
import path from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { AgentObservabilityPlugin, SEARCH_ATTRIBUTES, withAgentTask } from 'temporal-agent-observability';
import { type AgentRecord, LocalDirectoryStore, readContent, readRun } from 'temporal-agent-observability/content';
import { afterAll, beforeAll, describe, expect, inject, onTestFinished, test } from 'vitest';
import { samples, scrape } from '../metrics/scrape';
import { TOKENS_PER_CALL } from '../rollout/support/activities';
import { bundleAgents, temporaryDirectory } from '../rollout/support/bundles';
import { listedAttributes } from '../rollout/support/runs';
import { startWorkerProcess, type WorkerProcess, type WorkerProcessOptions } from '../rollout/support/worker-process';
import { WRITES } from '../rollout/support/workers';
import { createNamespace, registerSearchAttributes } from '../support/temporal-server';

const NAMESPACE = 'crash';
const TASK = { taskType: 'research', taskId: 'ticket-7', sessionId: 'session-3' };
const TURNS = 3;
const RUNS = 2;
/** Per run: each turn, and the call behind the page. */
const MODEL_CALLS = RUNS * (TURNS + 1);

const address = inject('temporalAddress');
let bundle: string;
let client: Client;

beforeAll(async () => {
  await createNamespace(address, NAMESPACE);
  await registerSearchAttributes(address, NAMESPACE, SEARCH_ATTRIBUTES);
  bundle = await bundleAgents({ content: 'off', metrics: 'off' });
  client = new Client({
    connection: await Connection.connect({ address }),
    namespace: NAMESPACE,
    plugins: [new AgentObservabilityPlugin({ content: 'off', metrics: 'off' })],
  });
});

afterAll(() => client?.connection.close());

type Disturbance = Pick<WorkerProcessOptions, 'holdAttempt' | 'killAfter'>;

async function startWorker(
  taskQueue: string,
  directory: string,
  disturbance: Disturbance = {},
): Promise<WorkerProcess> {
  const worker = await startWorkerProcess({
    address,
    namespace: NAMESPACE,
    taskQueue,
    bundle,
    plugin: { content: directory, metrics: { port: 0 } },
    worker: { stickyQueueScheduleToStartTimeout: '500 milliseconds' },
    ...disturbance,
  });
  onTestFinished(() => worker.stop());
  await worker.logged(WRITES);
  return worker;
}

const startAgent = (workflowId: string, taskQueue: string) =>
  withAgentTask(TASK, () =>
    client.workflow.start('longAgent', {
      workflowId,
      taskQueue,
      args: [TURNS, RUNS],
      workflowTaskTimeout: '2 seconds',
    }),
  );

/** Final search attributes but for the start of the task, which no two tasks share. */
async function finalAttributes(workflowId: string): Promise<Readonly<Record<string, unknown>>> {
  const { runId } = await client.workflow.getHandle(workflowId).describe();
  const { AgentTaskStartedAt: startedAt, ...attributes } = await listedAttributes(client, workflowId, runId);
  expect(startedAt).toBeInstanceOf(Date);
  return attributes;
}

interface Metrics {
  readonly modelCalls: number;
  readonly toolCalls: number;
  readonly tokens: number;
  readonly observerErrors: number;
}

async function metricsOf(worker: WorkerProcess): Promise<Metrics> {
  const { meta } = await worker.logged('Agent observability: metrics are served');
  const found = [...samples(await scrape(String(meta?.address)))];
  const sum = (name: string) =>
    found.reduce((total, [series, value]) => (series.startsWith(`temporal_agent_${name}{`) ? total + value : total), 0);
  return {
    modelCalls: sum('llm_call_duration_seconds_count'),
    toolCalls: sum('tool_call_duration_seconds_count'),
    tokens: sum('llm_input_tokens_total') + sum('llm_output_tokens_total'),
    observerErrors: sum('observer_errors_total'),
  };
}

/** What a process should have counted: the attempts that began in it, but for one that it never ended. */
function expectedMetrics({ begun }: WorkerProcess, held = 0): Metrics {
  const ended = begun.slice(0, begun.length - held);
  const modelCalls = ended.filter((activityType) => activityType === 'callModel').length;
  return {
    modelCalls,
    toolCalls: ended.length - modelCalls,
    tokens: modelCalls * TOKENS_PER_CALL,
    observerErrors: 0,
  };
}

const attemptKey = (runId: string, activityId: unknown, attempt: unknown) => `${runId}/${activityId}-${attempt}`;

/** Attempts whose result the server has, over all runs of a workflow. */
async function completedAttempts(workflowId: string): Promise<string[]> {
  const completed: string[] = [];
  for await (const { runId } of client.workflow.list({ query: `WorkflowId = '${workflowId}'` })) {
    const { events = [] } = await client.workflow.getHandle(workflowId, runId).fetchHistory();
    const event = (id: unknown) => events?.find(({ eventId }) => String(eventId) === String(id));
    for (const { activityTaskCompletedEventAttributes: result } of events ?? []) {
      if (!result) continue;
      const { activityId } = event(result.scheduledEventId)?.activityTaskScheduledEventAttributes ?? {};
      const { attempt } = event(result.startedEventId)?.activityTaskStartedEventAttributes ?? {};
      completed.push(attemptKey(runId, activityId, attempt));
    }
  }
  return completed;
}

async function recordsOf(directory: string, workflowId: string): Promise<readonly AgentRecord[]> {
  const { records, unreadable, truncated } = await readRun(
    new LocalDirectoryStore({ directory }),
    NAMESPACE,
    workflowId,
  );
  expect({ unreadable, truncated }).toEqual({ unreadable: 0, truncated: false });
  return records;
}

/** Contents that are there, and those that the record itself says are missing; another state is an error. */
async function contentsOf(
  directory: string,
  records: readonly AgentRecord[],
): Promise<{ there: number; missing: number }> {
  const store = new LocalDirectoryStore({ directory });
  const contents = { there: 0, missing: 0 };
  for (const { activityType, activityId, input, output } of records) {
    for (const ref of [input, output]) {
      if (ref.missing !== undefined) contents.missing++;
      else {
        expect({ activityType, activityId, ref, text: await readContent(store, ref) }).toMatchObject({
          text: { text: expect.any(String) },
        });
        contents.there++;
      }
    }
  }
  return contents;
}

/** Kills and restarts workers as told, then lets a last one finish. */
async function disturbed(
  workflowId: string,
  directory: string,
  disturbances: readonly Disturbance[],
): Promise<WorkerProcess> {
  const taskQueue = workflowId;
  await startAgent(workflowId, taskQueue);
  for (const disturbance of disturbances) {
    const worker = await startWorker(taskQueue, directory, disturbance);
    if (disturbance.holdAttempt !== undefined) {
      await worker.held();
      expect(await metricsOf(worker)).toEqual(expectedMetrics(worker, 1));
      await worker.kill();
    }
    expect(await worker.ended).toEqual([null, 'SIGKILL']);
  }
  const last = await startWorker(taskQueue, directory);
  await client.workflow.getHandle(workflowId).result();
  return last;
}

describe.each<[string, readonly Disturbance[]]>([
  ['while an activity runs, in either run', [{ holdAttempt: 4 }, { holdAttempt: 9 }]],
  [
    'when an attempt has just returned',
    [{ killAfter: { attempt: 3, milliseconds: 0 } }, { killAfter: { attempt: 6, milliseconds: 0 } }],
  ],
  [
    'while its result is on its way, or stored, or the next task begins',
    [
      { killAfter: { attempt: 2, milliseconds: 4 } },
      { killAfter: { attempt: 5, milliseconds: 15 } },
      { killAfter: { attempt: 4, milliseconds: 60 } },
    ],
  ],
])('a worker that is killed %s', (when, disturbances) => {
  const workflowId = `killed ${when}`.replaceAll(/\W+/g, '-');

  test('leaves an agent that ends like an undisturbed one, observed without loss and nothing twice', async () => {
    const directory = temporaryDirectory();
    const last = await disturbed(workflowId, directory, disturbances);
    expect(await metricsOf(last)).toEqual(expectedMetrics(last));

    const undisturbed = `undisturbed-${workflowId}`;
    await (await startAgent(undisturbed, workflowId)).result();
    const attributes = await finalAttributes(workflowId);
    expect(attributes).toEqual(await finalAttributes(undisturbed));
    expect(attributes).toMatchObject({
      AgentTaskType: TASK.taskType,
      AgentIteration: MODEL_CALLS,
      AgentTokens: MODEL_CALLS * TOKENS_PER_CALL,
    });

    await last.stop();
    expect(readdirSync(path.join(directory, 'journal'))).toEqual([]);
    const records = await recordsOf(directory, workflowId);
    const recorded = records.map(({ runId, activityId, attempt }) => attemptKey(runId, activityId, attempt));
    expect(new Set(recorded).size).toBe(recorded.length);
    expect(recorded).toEqual(expect.arrayContaining(await completedAttempts(workflowId)));
    const contents = await contentsOf(directory, records);
    expect(contents.there).toBeGreaterThan(contents.missing);
    expect(last.log.filter(({ level }) => level === 'ERROR')).toEqual([]);
  });
});
