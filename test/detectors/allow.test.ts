import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { activities } from './allow-activities';
import { namesOf, ObservedAgents } from './observed-agents';

let agents: ObservedAgents;

beforeAll(async () => {
  agents = await ObservedAgents.start(inject('temporalAddress'), 'detectors-allow', {
    workflowsPath: require.resolve('./workflows/allowing.ts'),
    activities,
  });
});

afterAll(() => agents?.close());

const HEARTBEAT = 'heartbeat-missing invokeModel';
const PAYLOAD = 'payload-near-limit activity_result readArchive';
const RETRY = 'retry-unbounded invokeModel';
const ALL = [HEARTBEAT, PAYLOAD, RETRY];

const REASON = 'known, and bounded elsewhere';
const EVERYTHING = ['heartbeat-missing', 'payload-near-limit', 'retry-unbounded'].map((id) => [id, REASON]);

const found = async (workflow: string, ...args: readonly unknown[]) => namesOf(await agents.findings(workflow, args));

describe('allow', () => {
  test('silences what it names and nothing else', async () => {
    expect(await found('allowing')).toEqual(ALL);
    expect(await found('allowing', ['retry-unbounded', REASON])).toEqual([HEARTBEAT, PAYLOAD]);
    expect(await found('allowing', ['cancel-ignored', REASON])).toEqual(ALL);
    expect(await found('allowing', ...EVERYTHING)).toEqual([]);
  });

  test("silences the findings of the run's activities", async () => {
    expect(await found('allowing', ['payload-near-limit', REASON])).toEqual([HEARTBEAT, RETRY]);
  });

  test('holds for the runs that it continues as', async () => {
    expect(await found('allowingNextRun', [])).toEqual(ALL);
    expect(await found('allowingNextRun', EVERYTHING)).toEqual([]);
  });

  test('holds from the call on', async () => {
    expect(await found('allowingLate', ...EVERYTHING)).toEqual([HEARTBEAT, RETRY]);
  });

  test('does not hold for children', async () => {
    expect(await found('allowingParent', ...EVERYTHING)).toEqual(ALL);
  });

  test.each([
    ['no reason', undefined],
    ['an empty reason', ''],
    ['a blank reason', ' \n'],
    ['a reason that is no text', { ticket: 7 }],
  ])('is ignored with %s', async (_, reason) => {
    expect(await found('allowing', ...EVERYTHING.map(([id]) => [id, reason]))).toEqual(ALL);
  });

  test('of what is no finding is ignored', async () => {
    expect(await found('allowing', ['everything', REASON], [null, REASON], [7, REASON])).toEqual(ALL);
  });

  test('adds nothing to history', async () => {
    const types = async (...allowed: readonly (readonly unknown[])[]) => {
      const start = { taskQueue: 'cached', workflowId: `history-${allowed.length}`, args: [...allowed] };
      const handle = await agents.server.client.workflow.start('allowing', start);
      await handle.result();
      return (await handle.fetchHistory()).events?.map(({ eventType }) => eventType);
    };
    expect(await types(...EVERYTHING)).toEqual(await types());
  });

  test('does nothing where the bundle was built without the plugin', async () => {
    const workflowsPath = require.resolve('./workflows/allowing.ts');
    await agents.server.during({ taskQueue: 'without', workflowsPath, activities }, async () => {
      const start = { workflowId: 'without', taskQueue: 'without', args: EVERYTHING };
      await agents.server.client.workflow.execute('allowing', start);
    });
  });
});
