import type { ChildWorkflowOptions } from '@temporalio/workflow';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { activities } from '../plugin/activities';
import { namesOf, ObservedAgents, untilWaiting } from './observed-agents';

let agents: ObservedAgents;

beforeAll(async () => {
  agents = await ObservedAgents.start(inject('temporalAddress'), 'detectors-children', {
    workflowsPath: require.resolve('./workflows/children.ts'),
    activities,
    options: { taskType: { researcher: 'research' } },
  });
});

afterAll(() => agents?.close());

type Policy = Pick<ChildWorkflowOptions, 'parentClosePolicy' | 'cancellationType'>;

const ABANDON: Policy = { parentClosePolicy: 'ABANDON' };

const found = async (workflow: string, ...args: readonly unknown[]) => namesOf(await agents.findings(workflow, args));

const ABANDONED = 'child-abandoned worker';
const ORPHANED = 'orphaned-agent worker';

describe('an agent that closes while its child runs', () => {
  test('leaves an orphan, by the policy ABANDON', async () => {
    const findings = await agents.findings('leaves', [ABANDON, 'worker']);
    expect(findings).toMatchObject([
      {
        id: 'child-abandoned',
        severity: 'warning',
        cause: 'worker',
        message: 'child workflow worker is started with parentClosePolicy ABANDON',
        evidence: { childWorkflowType: 'worker', iteration: 1 },
      },
      {
        id: 'orphaned-agent',
        severity: 'warning',
        cause: 'worker',
        message: 'the run completed while a child of type worker, started with parentClosePolicy ABANDON, went on',
        evidence: { childWorkflowType: 'worker', openChildren: 1 },
      },
    ]);
  });

  test.each<[string, Policy]>([
    ["leaves none by the SDK's default", {}],
    ['leaves none by TERMINATE', { parentClosePolicy: 'TERMINATE' }],
    ['leaves none by REQUEST_CANCEL', { parentClosePolicy: 'REQUEST_CANCEL' }],
  ])('%s', async (_, policy) => {
    expect(await found('leaves', policy, 'worker')).toEqual([]);
  });

  test('is reported once a child type, with their number', async () => {
    const findings = await agents.findings('leaves', [ABANDON, 'worker', 'researcher', 'worker']);
    expect(namesOf(findings)).toEqual(['child-abandoned researcher', ABANDONED, 'orphaned-agent researcher', ORPHANED]);
    expect(findings.at(-1)).toMatchObject({
      message: 'the run completed while 2 children of type worker, started with parentClosePolicy ABANDON, went on',
      evidence: { openChildren: 2 },
    });
  });

  test.each<[string, string]>([
    ['before the start is confirmed', 'leavesUnconfirmed'],
    ['by a failure', 'fails'],
    ['by continue-as-new', 'continues'],
  ])('%s', async (_, workflow) => {
    expect(await found(workflow, ABANDON)).toEqual([ABANDONED, ORPHANED]);
    expect(await found(workflow, {})).toEqual([]);
  });

  test('by a cancellation', async () => {
    const driven = {
      async drive(handle: Parameters<typeof untilWaiting>[0]) {
        await untilWaiting(handle, 1);
        await handle.cancel();
      },
    };
    // The cancellation goes to the child as well; its parent does not wait for it.
    expect(namesOf(await agents.findings('isCancelled', [ABANDON], driven))).toEqual([ABANDONED, ORPHANED]);
    expect(await agents.findings('isCancelled', [{}], driven)).toEqual([]);
  });
});

describe('the policy ABANDON alone', () => {
  test.each<[string, string]>([
    ["of an agent that waits for its child's end", 'awaits'],
    ['of a child whose second start is refused', 'startsTwice'],
    ['of a child that is cancelled, and awaited', 'cancels'],
    ['of a child that is taken back before it starts', 'takesBack'],
  ])('%s', async (_, workflow) => {
    expect(await found(workflow, ABANDON)).toEqual([ABANDONED]);
    expect(await found(workflow, {})).toEqual([]);
  });

  test('of a run whose workflow task fails and is retried, which closes nothing', async () => {
    const start = { workflowTaskTimeout: '1 second' } as const;
    expect(namesOf(await agents.findings('stumbles', [ABANDON], { start }))).toEqual([ABANDONED]);
  });

  test('of a child that is never asked for is nothing', async () => {
    expect(await found('neverStarts', ABANDON)).toEqual([]);
  });

  test('of a child that its cancellation does not reach leaves an orphan', async () => {
    expect(await found('cancels', { ...ABANDON, cancellationType: 'ABANDON' })).toEqual([ABANDONED, ORPHANED]);
    expect(await found('cancels', { ...ABANDON, cancellationType: 'TRY_CANCEL' })).toEqual([ABANDONED]);
  });

  test('is meant when the workflow says so, and its consequence with it', async () => {
    expect(await found('leavesAllowed', ABANDON)).toEqual([]);
  });
});

describe('a child is taken for an agent', () => {
  test('when its parent turns out to be one', async () => {
    expect(await found('leavesBeforeModel', ABANDON)).toEqual([ABANDONED, ORPHANED]);
  });

  test('when the options name a task type for it', async () => {
    const expected = ['child-abandoned researcher', 'orphaned-agent researcher'];
    expect(await found('leavesWithoutModel', ABANDON, 'researcher')).toEqual(expected);
  });

  test('and else not', async () => {
    expect(await found('leavesWithoutModel', ABANDON, 'worker')).toEqual([]);
  });
});
