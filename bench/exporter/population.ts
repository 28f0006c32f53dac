/**
 * The agents of a namespace, each determined by its number: a namespace of 20,000 begins with the same agents as one of
 * 1,000, and has each kind twenty times as often.
 *
 * @module
 */

import type { ApprovalOpenState } from '#lib/definitions/approvals';

const MINUTE_MS = 60_000;
/** Shape of the durations: the 95th percentile is 2.3 times the median. */
const SIGMA = 0.5;

export const TASK_TYPES = Array.from({ length: 10 }, (_, type) => `task-${String(type).padStart(2, '0')}`);

interface CommonAgent {
  readonly index: number;
  readonly taskType: string;
  /** How long ago its task began when it is started; for one that closes, how long its task took. */
  readonly ageMs: number;
}

export type PlannedAgent =
  | (CommonAgent & { readonly kind: 'closed' | 'healthy' | 'overdue' })
  | (CommonAgent & {
      readonly kind: 'approval';
      readonly state: ApprovalOpenState;
      /** From now on; negative for one that is overdue. */
      readonly dueInMs: number;
    })
  | (CommonAgent & {
      readonly kind: 'child';
      readonly parentId: string;
      /** The parent ends, the child goes on. */
      readonly orphaned: boolean;
    });

/**
 * Agents from one number on up to another. Three of four closed. Of 25 that run, one is overdue, three wait for an
 * approval, of which one is overdue, and one is a child; every other child is an orphan.
 */
export function* planAgents(from: number, to: number): Generator<PlannedAgent> {
  for (let index = from; index < to; index++) yield planAgent(index);
}

function planAgent(index: number): PlannedAgent {
  const type = index % TASK_TYPES.length;
  const turn = Math.floor(index / TASK_TYPES.length);
  const medianMs = (20 + 10 * type) * MINUTE_MS;
  const agent = { index, taskType: TASK_TYPES[type] ?? '' };
  if (turn % 4 !== 0) {
    return { ...agent, kind: 'closed', ageMs: Math.round(medianMs * Math.exp(SIGMA * normal(index))) };
  }
  // Below what is expected, which is 3.4 medians, also some minutes later.
  const ageMs = Math.round(medianMs * 1.5 * uniform(index, 1));
  const running = turn / 4;
  const approval = (state: ApprovalOpenState, dueInMs: number): PlannedAgent => {
    return { ...agent, kind: 'approval', ageMs, state, dueInMs };
  };
  switch (running % 25) {
    case 0: {
      const orphaned = type % 2 === 0;
      const parentId = `parent-${running / 25}-${orphaned ? 'closes' : 'stays'}`;
      return { ...agent, kind: 'child', ageMs, parentId, orphaned };
    }
    case 1:
      return { ...agent, kind: 'overdue', ageMs: medianMs * 10 };
    case 2:
      return approval('submitted', -10 * MINUTE_MS - index);
    case 3:
      return approval('acknowledged', 60 * MINUTE_MS);
    case 4:
      return approval('escalated', 120 * MINUTE_MS);
    default:
      return { ...agent, kind: 'healthy', ageMs };
  }
}

/** Normally distributed (Box and Muller). */
function normal(seed: number): number {
  return Math.sqrt(-2 * Math.log(1 - uniform(seed, 2))) * Math.cos(2 * Math.PI * uniform(seed, 3));
}

/** In [0, 1), the same for the same numbers (SplitMix32). */
function uniform(seed: number, stream: number): number {
  let bits = (Math.imul(seed, 0x9e3779b9) + Math.imul(stream, 0x85ebca6b)) | 0;
  bits = Math.imul(bits ^ (bits >>> 16), 0x21f0aaad);
  bits = Math.imul(bits ^ (bits >>> 15), 0x735a2d97);
  return ((bits ^ (bits >>> 15)) >>> 0) / 2 ** 32;
}
