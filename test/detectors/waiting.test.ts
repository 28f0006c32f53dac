import type { WorkflowHandle } from '@temporalio/client';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { activities } from '../plugin/activities';
import { type Driven, namesOf, ObservedAgents, untilWaiting } from './observed-agents';

let agents: ObservedAgents;

beforeAll(async () => {
  agents = await ObservedAgents.start(inject('temporalAddress'), 'detectors-waiting', {
    workflowsPath: require.resolve('./workflows/waiting.ts'),
    activities,
  });
});

afterAll(() => agents?.close());

const WAITS = 'wait-without-timeout idle';

/** Lets the run wait once its activities are done, and approves it then. */
const approvedAfter = (activities: number, meanwhile?: (handle: WorkflowHandle) => Promise<unknown>): Driven => ({
  async drive({ workflowId }) {
    const handle = agents.server.client.workflow.getHandle(workflowId);
    await untilWaiting(handle, activities);
    await meanwhile?.(handle);
    await handle.signal('approve');
  },
});

const found = async (workflow: string, args: readonly unknown[], driven: Driven) =>
  namesOf(await agents.findings(workflow, args, driven));

describe('an agent that waits', () => {
  test('without a deadline is found, once', async () => {
    const findings = await agents.findings('waits', [2], approvedAfter(2));
    expect(findings).toMatchObject([
      {
        id: 'wait-without-timeout',
        severity: 'warning',
        cause: 'idle',
        message: 'nothing is pending after 2 model turns: no activity, no child, no timer',
        evidence: { iteration: 2 },
      },
    ]);
  });

  test.each<[string, string, number]>([
    ['and says so by a command', 'announcesItsWait', 1],
    ['for a promise', 'awaitsTrigger', 1],
    ['and cancelled the timer beside it', 'cancelsItsTimer', 2],
  ])('%s', async (_, workflow, activities) => {
    expect(await found(workflow, [], approvedAfter(activities))).toEqual([WAITS]);
  });

  test('in the handler of an update', async () => {
    const update = (handle: WorkflowHandle) =>
      handle.startUpdate('steer', { args: ['left'], waitForStage: 'ACCEPTED' }).then(async () => {
        // The deadline of the wait outside of the handler goes by.
        await untilWaiting(handle, 1);
        await expect
          .poll(async () => (await handle.fetchHistory()).events?.some((e) => e.timerFiredEventAttributes))
          .toBe(true);
        await untilWaiting(handle, 1);
      });
    expect(await found('waitsInUpdate', [], approvedAfter(1, update))).toEqual([WAITS]);
  });

  test('in the run after the one that called models', async () => {
    const continued: Driven = {
      async drive({ workflowId }) {
        const handle = agents.server.client.workflow.getHandle(workflowId);
        await expect
          .poll(async () => (await handle.fetchHistory()).events?.[0]?.workflowExecutionStartedEventAttributes)
          .toMatchObject({ continuedExecutionRunId: expect.stringMatching(/./) });
        await untilWaiting(handle, 0);
        await handle.signal('approve');
      },
    };
    expect(await found('continuesAndWaits', [], continued)).toEqual([WAITS]);
  });

  test('until it is cancelled', async () => {
    const cancelled: Driven = {
      async drive(handle) {
        await untilWaiting(handle, 1);
        await handle.cancel();
      },
    };
    expect(await found('waits', [1], cancelled)).toEqual([WAITS]);
    expect(await found('waitsWithDeadline', [1], cancelled)).toEqual([]);
  });

  test('is found neither more nor less for being asked', async () => {
    const ask = async (handle: WorkflowHandle) => {
      expect(await handle.query('isApproved')).toBe(false);
      await handle.query('unknown').catch(() => undefined);
      expect(await handle.query('isApproved')).toBe(false);
    };
    expect(await found('waits', [1], approvedAfter(1, ask))).toEqual([WAITS]);
    expect(await found('waitsWithDeadline', [1], approvedAfter(1, ask))).toEqual([]);
  });
});

describe('is nothing', () => {
  test.each<[string, string, readonly unknown[], number]>([
    ['a wait with a deadline', 'waitsWithDeadline', [1], 1],
    ['a wait in a scope with a timeout', 'scopeWithTimeout', [], 1],
    ['a wait with reminders', 'reminds', [], 1],
    ['the wait of a run that never called a model', 'waits', [0], 0],
    ['a wait that the workflow allows', 'allowsToWait', [], 1],
  ])('%s', async (_, workflow, args, activities) => {
    expect(await found(workflow, args, approvedAfter(activities))).toEqual([]);
  });

  test('a wait in a run that the server will end', async () => {
    const start = { workflowExecutionTimeout: '5 minutes' } as const;
    expect(await found('waits', [1], { ...approvedAfter(1), start })).toEqual([]);
  });

  test('an agent that waits for activities, timers, children and other workflows', async () => {
    expect(await agents.findings('works', [])).toEqual([]);
  });

  test('a conversation whose handlers race', async () => {
    const steerOften = (handle: WorkflowHandle) =>
      Promise.all(
        ['left', 'right', 'up', 'down'].map((direction) => handle.executeUpdate('steer', { args: [direction] })),
      );
    expect(await found('converses', [], approvedAfter(1, steerOften))).toEqual([]);
  });
});
