import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTemporalServer } from '../support/temporal-server';
import { Agents, names } from './state/agents';

const EVENTS = 1000;
/** No more than a client can read back in one message. */
const BYTES = 3.5 * 1024 * 1024;
/** What the run that is suggested to continue as new has then; far below where it is terminated. */
const SUGGESTED = 150;
const IGNORED_TASKS = 10;

let server: Awaited<ReturnType<typeof startTemporalServer>>;
let agents: Agents;
let uncached: Agents;

beforeAll(async () => {
  server = await startTemporalServer({
    dynamicConfig: {
      'limit.historyCount.error': EVENTS,
      'limit.historySize.error': BYTES,
      'limit.historyCount.suggestContinueAsNew': SUGGESTED,
    },
  });
  const thresholds = {
    iterationCap: 10_000,
    historyEventsLimit: EVENTS,
    historySizeLimitBytes: BYTES,
    continueAsNewIgnoredTasks: IGNORED_TASKS,
  };
  agents = await Agents.start(server.address, 'default', thresholds);
  uncached = await Agents.start(server.address, 'default', thresholds, { maxCachedWorkflows: 0 });
});

afterAll(async () => {
  await agents?.close();
  await uncached?.close();
  await server?.stop();
});

type Ended = Awaited<ReturnType<Agents['execute']>>;

/** What was forecast of the calls left, beside the results that still came before the server terminated the run. */
async function forecasts({ handle, found }: Ended, limit: 'events' | 'bytes') {
  const events = (await handle.fetchHistory()).events ?? [];
  const models = new Set(
    events
      .filter(({ activityTaskScheduledEventAttributes: scheduled }) => scheduled?.activityType?.name === 'callModel')
      .map(({ eventId }) => String(eventId)),
  );
  const results = events
    .filter(({ activityTaskCompletedEventAttributes: completed }) => models.has(String(completed?.scheduledEventId)))
    .map(({ eventId }) => Number(eventId));
  return found
    .filter(({ finding, evidence }) => finding === 'history-budget' && evidence.limit === limit)
    .map(({ severity, evidence }) => {
      const at = events.find(({ eventId, workflowTaskStartedEventAttributes: started }) =>
        limit === 'events' ? Number(eventId) === evidence.used : Number(started?.historySizeBytes) === evidence.used,
      );
      const left = results.filter((eventId) => eventId > Number(at?.eventId)).length;
      return { severity, share: Number(evidence.used) / Number(evidence.maximum), callsLeft: evidence.callsLeft, left };
    });
}

// Runs share nothing but workers, and each is one call after the other.
describe.concurrent.each([
  ['events', 'events', 'agent', { calls: 1000, tools: 1 }],
  ['size, at constant growth', 'bytes', 'agent', { calls: 1000, chars: 60_000 }],
  ['size, when the conversation is sent again with each call', 'bytes', 'chat', { calls: 1000, chars: 2_500 }],
] as const)('a run that the server terminates for its %s', (_, limit, workflow, plan) => {
  test('was found before, with the number of calls left', async () => {
    const ended = await agents.execute(workflow, plan);
    expect(ended.status).toBe('TERMINATED');
    const made = await forecasts(ended, limit);
    expect(made.map(({ severity }) => severity)).toEqual(['warning', 'critical']);
    for (const { callsLeft, left } of made) {
      expect(left).toBeGreaterThan(0);
      expect(Math.abs(Number(callsLeft) - left) / left).toBeLessThanOrEqual(0.25);
    }
  });
});

describe.concurrent('Temporal suggests to continue as new', () => {
  test('and the run goes on: said once, with the tasks that went by', async () => {
    const plan = { calls: 40 };
    const [{ found, status }, other] = await Promise.all([
      agents.execute('agent', plan),
      uncached.execute('agent', plan),
    ]);
    expect(status).toBe('COMPLETED');
    expect(names(found)).toEqual(['continue-as-new-ignored warning']);
    expect(found[0]?.evidence).toMatchObject({ tasks: IGNORED_TASKS + 1 });
    expect(Number(found[0]?.evidence.suggestedAtEvent)).toBeGreaterThanOrEqual(SUGGESTED);
    expect(other.found).toMatchObject([{ evidence: { tasks: IGNORED_TASKS + 1 } }]);
  });

  test('and the run ends within the tasks that it may take, or continues: healthy', async () => {
    expect((await agents.execute('agent', { calls: 28 })).found).toEqual([]);
    const { found, workflowId } = await agents.execute('agent', { calls: 60, follows: true });
    expect(found).toEqual([]);
    const runs = await agents.server.client.workflow.count(`WorkflowId = '${workflowId}'`);
    expect(runs.count).toBeGreaterThan(1);
  });

  test('a run that calls no model is nobody who should', async () => {
    expect((await agents.execute('toolsOnly', 40)).found).toEqual([]);
  });
});

describe.concurrent('a conversation that is sent again with each call', () => {
  const CONVERSATION = 'conversation-in-history warning';
  const of = async (worker: Agents, chat: object) =>
    (await worker.execute('chat', chat)).found.filter(({ finding }) => finding === 'conversation-in-history');

  test.each([
    ['the same list', { calls: 16, chars: 4_000 }],
    ['a list built anew for each call', { calls: 16, chars: 4_000, rebuilt: true }],
    ['two conversations that take turns', { calls: 24, chars: 4_000, conversations: 2 }],
  ])('is found early, with the calls that are left: %s', async (_, chat) => {
    const [found, uncachedFound] = [await of(agents, chat), await of(uncached, chat)];
    expect(names(found)).toEqual([CONVERSATION]);
    const [{ evidence, message }] = found as [(typeof found)[number]];
    expect(evidence).toMatchObject({ activityType: 'callModel' });
    expect(Number(evidence.historySize)).toBeLessThan(BYTES * 0.1);
    expect(message).toContain(`${evidence.callsLeft} more model calls fit`);
    expect(message).not.toContain('xx');
    expect(names(uncachedFound)).toEqual([CONVERSATION]);
  });

  test('is healthy while it is small, and over before it matters', async () => {
    expect((await agents.execute('chat', { calls: 15, chars: 100 })).found).toEqual([]);
    expect((await agents.execute('chat', { calls: 3, chars: 20_000 })).found).toEqual([]);
  });

  test('prompts as large that stand alone are none', async () => {
    expect((await agents.execute('agent', { calls: 20, chars: 40_000 })).found).toEqual([]);
  });
});

test('a run that ends when it comes to half of its limit is past danger', async () => {
  const chars = 1_900_000;
  expect((await agents.execute('agent', { calls: 1, chars })).found.map(({ finding }) => finding)).not.toContain(
    'history-budget',
  );
  expect(names((await agents.execute('agent', { calls: 1, chars, tools: 1 })).found)).toContain(
    'history-budget warning',
  );
});
