import { Context } from '@temporalio/activity';
import { afterAll, beforeAll, describe, expect, inject, test, vi } from 'vitest';
import { completion } from '../plugin/activities';
import { namesOf, ObservedAgents } from './observed-agents';
import type { Call, OptionsName } from './workflows/model-calls';

const activities = {
  /** The activity of Temporal's own integrations. */
  invokeModel: async () => completion(),
  callModel: async (_request: unknown) => completion(),
  /** Nothing but its result says that it calls a model. */
  summarise: async (_text: string) => completion(),
  search: async (query: unknown) => `results for ${JSON.stringify(query)}`,
  /** Fails for ever. */
  neverAnswers: async (_request: unknown) => {
    throw new Error(`attempt ${Context.current().info.attempt}`);
  },
};

let agents: ObservedAgents;

beforeAll(async () => {
  agents = await ObservedAgents.start(inject('temporalAddress'), 'detectors-model-call-options', {
    workflowsPath: require.resolve('./workflows/model-calls.ts'),
    activities,
    options: { thresholds: { heartbeatAboveMs: 180_000 } },
  });
});

afterAll(() => agents?.close());

const MODEL = { model: 'gpt-4o-mini' };
const callModel = (options: OptionsName, local = false): Call => ({
  activity: 'callModel',
  args: [MODEL],
  options,
  local,
});

const found = async (...calls: readonly Call[]) => namesOf(await agents.findings('calls', calls));

const HEARTBEAT = 'heartbeat-missing callModel';
const RETRY = 'retry-unbounded callModel';

describe('heartbeat-missing', () => {
  test.each<[string, OptionsName, string[]]>([
    ['a long startToCloseTimeout alone', 'long', [HEARTBEAT]],
    ['with a heartbeat timeout', 'longWithHeartbeat', []],
    ['a heartbeat timeout of zero is none', 'longWithHeartbeatOfZero', [HEARTBEAT]],
    ['a scheduleToCloseTimeout alone is the time of an attempt, too', 'longToClose', [HEARTBEAT]],
    ['a scheduleToCloseTimeout below it cuts an attempt off', 'longWithinShort', []],
    ['at the threshold of the options', 'atThreshold', []],
    ['over the threshold of the options', 'overThreshold', [HEARTBEAT]],
  ])('%s', async (_, options, expected) => {
    expect(await found(callModel(options))).toEqual(expected);
  });

  test('says how long an attempt may run', async () => {
    const [finding] = await agents.findings('calls', [callModel('long')]);
    expect(finding).toMatchObject({
      severity: 'warning',
      message: 'an attempt of activity callModel may take 600 s, and a worker that dies is noticed only then',
      evidence: { activityType: 'callModel', attemptTimeoutMs: 600_000, thresholdMs: 180_000 },
    });
  });

  test('local activities have no heartbeats', async () => {
    expect(await found(callModel('long', true))).toEqual([]);
  });

  test('no attempt outlives its run', async () => {
    const start = { workflowExecutionTimeout: '1 minute' } as const;
    expect(await agents.findings('calls', [callModel('long')], { start })).toEqual([]);
  });
});

describe('retry-unbounded', () => {
  test.each<[string, OptionsName, string[]]>([
    ["Temporal's default", 'short', [RETRY]],
    ['an empty policy', 'emptyRetry', [RETRY]],
    ['attempts without end', 'unlimitedAttempts', [RETRY]],
    ['a policy that bounds intervals and some errors', 'someErrorsFinal', [RETRY]],
    ['several attempts', 'healthy', []],
    ['one attempt', 'oneAttempt', []],
    ['a time until all attempts must be over', 'timeToClose', []],
  ])('%s', async (_, options, expected) => {
    expect(await found(callModel(options))).toEqual(expected);
  });

  test('local activities are retried as well', async () => {
    expect(await found(callModel('short', true))).toEqual([RETRY]);
    expect(await found(callModel('healthy', true))).toEqual([]);
  });

  test('a run that has a timeout is the bound of its activities', async () => {
    const start = { workflowExecutionTimeout: '1 minute' } as const;
    expect(await agents.findings('calls', [callModel('short')], { start })).toEqual([]);
  });

  test('is found while the call is being retried, and a cancelled run shows nothing more', async () => {
    const findings = await agents.findings('calls', [{ activity: 'neverAnswers', args: [MODEL], options: 'short' }], {
      async drive(handle) {
        await vi.waitFor(async () => {
          const { raw } = await handle.describe();
          expect(raw.pendingActivities?.[0]?.attempt).toBeGreaterThan(1);
        });
        await handle.cancel();
      },
    });
    expect(findings).toMatchObject([
      {
        severity: 'warning',
        cause: 'neverAnswers',
        message:
          'activity neverAnswers has neither retry.maximumAttempts nor scheduleToCloseTimeout, and its run has no timeout',
        evidence: { activityType: 'neverAnswers' },
      },
    ]);
  });
});

describe('a model call is known', () => {
  const both = (activity: string) => [`heartbeat-missing ${activity}`, `retry-unbounded ${activity}`];

  test.each<[string, string, readonly unknown[], string[]]>([
    ['by its type', 'invokeModel', [], both('invokeModel')],
    ['by the model that its arguments name', 'callModel', [MODEL], both('callModel')],
    ['by its first result', 'summarise', ['birds'], both('summarise')],
  ])('%s', async (_, activity, args, expected) => {
    expect(await found({ activity, args, options: 'defaults' })).toEqual(expected);
  });

  test.each<[string, readonly unknown[]]>([
    ['a tool', ['birds']],
    ['a tool that works with models of another kind', [{ model: 'Corolla' }]],
  ])('%s is none', async (_, args) => {
    expect(await found({ activity: 'search', args, options: 'defaults' })).toEqual([]);
  });

  test('every activity type is reported once in a run, however often it is called', async () => {
    const turn: Call[] = [
      callModel('defaults'),
      { activity: 'search', args: ['birds'], options: 'defaults' },
      { activity: 'summarise', args: ['birds'], options: 'short' },
    ];
    expect(await found(...turn, ...turn, ...turn)).toEqual([HEARTBEAT, RETRY, 'retry-unbounded summarise']);
  });
});
