import type { ActivityInterceptorsFactory } from '@temporalio/worker';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, test } from 'vitest';
import { Effects } from '../plugin/observed';
import { gateIsOpen, SideBySide } from './side-by-side';
import { HOSTILE_VALUES } from './values';

let agents: SideBySide;
let effects: Effects;

beforeAll(async () => {
  const built = new Effects();
  agents = await SideBySide.prepare(inject('temporalAddress'), 'hostile-values', built.plugin());
  built.remove();
});

afterAll(() => agents?.close());

beforeEach(() => {
  effects = new Effects();
});

afterEach(() => effects.remove());

/** What cannot be stored as it is: the record says so, and one error is counted and logged. */
const UNREADABLE = [
  'cyclic',
  'with a getter that throws',
  'with a toJSON that throws',
  'with a BigInt',
  'of 10,000 levels',
  'with a revoked proxy',
];
const TOO_LARGE = ['of 50 MB'];

async function expectOneErrorFor(kind: string, side: 'input' | 'output', workflowId: string): Promise<void> {
  const { records } = await effects.records('hostile-values', workflowId);
  const missing = UNREADABLE.includes(kind) ? 'unserialisable' : TOO_LARGE.includes(kind) ? 'too-large' : undefined;
  const [record, harmless] = records;
  expect(harmless).toMatchObject({ activityType: 'harmless', outcome: 'ok' });
  if (missing === undefined) {
    expect(record?.[side]).toMatchObject({ sha256: expect.any(String) });
    expect([await effects.observerErrors(), effects.internalErrors]).toEqual([{}, []]);
    return;
  }
  expect(record?.[side]).toEqual({ missing });
  const told = { part: 'content', error: `TypeError: the ${side} of an activity is ${missing}` };
  // Readers look into results, at a depth where nothing but a proxy can throw.
  const isReader = kind === 'with a revoked proxy' && side === 'output';
  expect(await effects.observerErrors()).toEqual({ content: 1, ...(isReader && { reader: 1 }) });
  expect(effects.internalErrors).toMatchObject(isReader ? [{ part: 'reader' }, told] : [told]);
}

describe.each(Object.keys(HOSTILE_VALUES))('a value %s', (kind) => {
  const harmless = async () => 'fine';

  test('as a result leaves the agent as it is', async () => {
    const activities = { hostile: async () => HOSTILE_VALUES[kind]?.(), harmless };
    const run = { arg: kind, options: { activities } };
    const workflowId = await agents.compare(run, effects.plugin(), gateIsOpen(effects));
    await expectOneErrorFor(kind, 'output', workflowId);
  });

  test('as an argument leaves the agent as it is', async () => {
    const activities = { hostile: async (value: unknown) => typeof value, harmless };
    // No converter makes such values of a payload, but an interceptor of the user's can.
    const activity: ActivityInterceptorsFactory[] = [
      (context) => ({
        inbound: {
          execute: (input, next) =>
            next(context.info.activityType === 'hostile' ? { ...input, args: [HOSTILE_VALUES[kind]?.()] } : input),
        },
      }),
    ];
    const run = { arg: kind, options: { activities, interceptors: { activity } } };
    const workflowId = await agents.compare(run, effects.plugin(), gateIsOpen(effects));
    await expectOneErrorFor(kind, 'input', workflowId);
  });
});

test('keys that reach for prototypes reach nothing', () => {
  expect(({} as { usage?: unknown }).usage).toBeUndefined();
});
