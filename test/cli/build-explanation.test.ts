import { readFileSync } from 'node:fs';
import path from 'node:path';
import { historyFromJSON } from '@temporalio/common/lib/proto-utils';
import type { AgentRecord } from 'temporal-agent-observability/content';
import { expect, test } from 'vitest';
import { buildExplanation, type ExplanationInput } from '#lib/cli/explain/build-explanation';
import type { RunDescription } from '#lib/cli/explain/describe-run';
import { foldHistory } from '#lib/cli/explain/fold-history';
import { printExplanation } from '#lib/cli/explain/print-explanation';
import type { HistoryEvent } from '#lib/cli/explain/run-story';

/** Model call, tool that succeeds at its second attempt, model call, signal; recorded from a real server. */
const EVENTS: HistoryEvent[] = readHistory('model-tool-model.json');
const RUN_ID = 'run-1';
const START_MS = Date.parse('2026-11-23T08:19:08.326Z');

function readHistory(name: string): HistoryEvent[] {
  const file = path.join(import.meta.dirname, 'fixtures', name);
  return historyFromJSON(JSON.parse(readFileSync(file, 'utf8'))).events ?? [];
}

function story(events: HistoryEvent[], change: Partial<RunDescription> = {}, input: Partial<ExplanationInput> = {}) {
  const description: RunDescription = {
    runId: RUN_ID,
    workflowType: 'waitsForSignal',
    taskQueue: 'agents',
    status: 'RUNNING',
    startedAtMs: START_MS,
    events: EVENTS.length,
    searchAttributes: {},
    pendingActivities: [],
    pendingChildren: [],
    pendingNexusOperations: [],
    ...change,
  };
  const run = { description, story: foldHistory(RUN_ID, events) };
  return buildExplanation({
    namespace: 'default',
    workflowId: 'agent',
    chain: { focus: run, runs: [run], notes: [] },
    records: [],
    findings: [],
    notes: [],
    nowMs: START_MS + 60_000,
    redact: (text) => text,
    ...input,
  });
}

function record(activityId: string, attempt: number, more: Partial<AgentRecord> = {}): AgentRecord {
  return {
    version: 1,
    kind: 'tool',
    tool: 'search',
    namespace: 'default',
    workflowId: 'agent',
    runId: RUN_ID,
    workflowType: 'waitsForSignal',
    taskQueue: 'agents',
    activityId,
    activityType: 'search',
    attempt,
    isLocal: false,
    taskType: 'waitsForSignal',
    startedAtMs: START_MS + 1_000 + attempt,
    durationMs: 5,
    outcome: 'ok',
    input: { missing: 'off' },
    output: { missing: 'off' },
    ...more,
  };
}

const ANSWER = {
  kind: 'llm',
  activityType: 'askModel',
  provider: 'openai',
  model: 'gpt-5-mini',
  usage: { inputTokens: 7, outputTokens: 3 },
  usageSource: 'provider',
  turns: 1,
} as const satisfies Partial<AgentRecord>;

test('tells a whole run from its history alone', () => {
  const { iterations, tools, failedAttempts, waitingFor } = story(EVENTS, {
    status: 'COMPLETED',
    closedAtMs: START_MS + 2_000,
  });
  expect(iterations.map(({ number, toolCalls }) => [number, toolCalls.length])).toEqual([
    [1, 1],
    [2, 0],
  ]);
  expect(tools).toMatchObject([{ name: 'search', attempts: 2, iteration: 1 }]);
  expect(failedAttempts).toMatchObject([{ attempt: 1, failure: { type: 'IndexNotReady' } }]);
  expect(waitingFor).toEqual([]);
});

test('a record adds the attempts that history has forgotten', () => {
  const error = {
    type: 'rate_limited',
    name: 'RateLimitError',
    message: 'slow down',
    retryable: true,
    retryAfterMs: 2_000,
  } as const;
  const { failedAttempts } = story(
    EVENTS,
    {},
    { records: [record('2', 1, { outcome: 'error', error }), record('2', 2)] },
  );
  expect(failedAttempts).toEqual([
    {
      activityType: 'search',
      activityId: '2',
      runId: RUN_ID,
      attempt: 1,
      source: 'record',
      failure: {
        errorType: 'rate_limited',
        type: 'RateLimitError',
        message: 'slow down',
        retryable: true,
        retryAfterMs: 2_000,
      },
    },
  ]);
});

test('names the model that a call without an answer asked for, and counts no answer', () => {
  const scheduled = EVENTS.findIndex((event) => event.activityTaskScheduledEventAttributes != null);
  const failed = { ...ANSWER, outcome: 'error', requestModel: 'gpt-5', error: { name: 'RateLimitError' } } as const;
  const { model: _m, usage: _u, usageSource: _s, turns: _t, ...unanswered } = failed;
  const { iterations, totals } = story(EVENTS.slice(0, scheduled + 1), {}, { records: [record('1', 1, unanswered)] });
  expect(iterations).toMatchObject([{ provider: 'openai', model: 'gpt-5' }]);
  expect(totals.tokensByModel).toEqual({});
});

test('says how many attempts ended unseen', () => {
  const { failedAttempts, notes } = story(EVENTS, {}, { records: [record('2', 4)] });
  expect(failedAttempts).toMatchObject([{ attempt: 3, source: 'history' }]);
  expect(notes.join('\n')).toContain('How 2 attempts ended is not known');
});

test('pays for every answer, also when its attempt was not the last', () => {
  const records = [record('1', 1, ANSWER), record('1', 2, ANSWER), record('3', 1, ANSWER)];
  const { totals, iterations } = story(EVENTS, {}, { records });
  expect(totals).toMatchObject({ modelCalls: 3, tokensByModel: { 'gpt-5-mini': { input: 21, output: 9 } } });
  expect(iterations).toHaveLength(2);
});

test('absent usage is not zero tokens', () => {
  const { usage: _, ...withoutUsage } = { ...ANSWER, usageSource: 'absent' as const };
  const { totals } = story(EVENTS, {}, { records: [record('1', 1, withoutUsage), record('3', 1, ANSWER)] });
  expect(totals.tokensByModel['gpt-5-mini']).toEqual({ input: 7, output: 3, callsWithoutUsage: 1 });
});

test('tells the end of a long run from its newest events and its records', () => {
  const newest = [EVENTS[0], ...EVENTS.slice(-6)].filter((event) => event !== undefined);
  const records = [record('1', 1, { ...ANSWER, iteration: 40 }), record('3', 1, { ...ANSWER, iteration: 41 })];
  const { iterations } = story(newest, {}, { records });
  expect(iterations.map(({ number }) => number)).toEqual([41, 42]);
});

test('shows the heartbeat of a running activity, and when the next attempt of a failed one comes', () => {
  const at = (ms: number) => new Date(START_MS + ms).toISOString();
  const common = { activityType: 'search', maximumAttempts: 5, scheduledAtMs: START_MS + 10 };
  const { waitingFor } = story(EVENTS.slice(0, -1), {
    pendingActivities: [
      {
        ...common,
        activityId: '8',
        state: 'started',
        attempt: 1,
        lastStartedAtMs: START_MS + 20,
        lastHeartbeatAtMs: START_MS + 30,
      },
      {
        ...common,
        activityId: '9',
        state: 'scheduled',
        attempt: 3,
        nextAttemptAtMs: START_MS + 40,
        lastFailure: { message: 'busy', timeoutFailureInfo: { timeoutType: 4 } },
      },
    ],
  });
  expect(waitingFor).toEqual([
    {
      kind: 'activity',
      activityType: 'search',
      activityId: '8',
      state: 'started',
      attempt: 1,
      maximumAttempts: 5,
      since: at(20),
      lastHeartbeatAt: at(30),
    },
    {
      kind: 'activity',
      activityType: 'search',
      activityId: '9',
      state: 'scheduled',
      attempt: 3,
      maximumAttempts: 5,
      nextAttemptAt: at(40),
      lastFailure: { type: 'TIMEOUT_TYPE_HEARTBEAT', message: 'busy' },
    },
  ]);
});

test('a failing workflow task is what the run waits for, with its cause', () => {
  const failed: HistoryEvent = {
    workflowTaskFailedEventAttributes: {
      failure: { message: 'Nondeterminism error', applicationFailureInfo: { type: 'X' } },
    },
  };
  const explanation = story([...EVENTS.slice(0, -1), failed], { pendingWorkflowTask: { attempt: 12 } });
  expect(explanation.waitingFor).toMatchObject([
    { kind: 'workflow-task', attempt: 12, lastFailure: { message: 'Nondeterminism error' } },
  ]);
  expect(printExplanation(explanation).join('\n')).toMatch(
    /fails again and again \(attempt 12\): X: Nondeterminism error/,
  );
});

test('a closed failure that is encoded is not shown as if it were readable', () => {
  const failed: HistoryEvent = {
    workflowExecutionFailedEventAttributes: { failure: { message: 'Encoded failure', encodedAttributes: {} } },
  };
  const { failure } = story([...EVENTS.slice(0, -1), failed], { status: 'FAILED', closedAtMs: START_MS + 1 });
  expect(failure?.message).toContain('cannot be read');
});

test('prints iterations with the tools that they called, in order', () => {
  const lines = printExplanation(story(EVENTS));
  const order = ['#1', 'search', '#2'].map((text) => lines.findIndex((line) => line.trim().startsWith(text)));
  expect(order.every((line) => line > 0)).toBe(true);
  expect(order).toEqual(order.toSorted((a, b) => a - b));
});
