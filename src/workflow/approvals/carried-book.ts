/**
 * Approvals on their way to the next run of a task. The header that carries them passes no payload codec, so subjects and
 * notes stay behind; and it has a bound, so with very many approvals details are left out, from the least important on.
 *
 * @module
 */

import {
  APPROVAL_ENDED_STATES,
  APPROVAL_OPEN_STATES,
  APPROVAL_VERDICTS,
  type ApprovalVerdict,
} from '../../definitions/approvals';
import { defined } from '../../definitions/defined';
import type { Approval, CarriedApproval, Remark } from './approval';

/** A decision that came before its approval was requested. */
export interface EarlyDecision extends Remark {
  readonly id: string;
  readonly verdict: ApprovalVerdict;
}

export interface CarriedBook {
  readonly approvals: readonly CarriedApproval[];
  readonly early: readonly EarlyDecision[];
}

/** A quarter of what a header may have in bytes, and a character takes three at most. */
const MAX_CARRIED_CHARS = 64 * 1024;
const STATES: readonly string[] = [...APPROVAL_OPEN_STATES, ...APPROVAL_ENDED_STATES];

/** What is carried, from everything to the least that the next run needs. */
const EXTENTS = [
  { changes: 20, ended: 20, actors: true },
  { changes: 2, ended: 20, actors: true },
  { changes: 0, ended: 5, actors: false },
  { changes: 0, ended: 0, actors: false },
] as const;

export function carryBook(
  open: readonly Approval[],
  ended: readonly Approval[],
  early: readonly EarlyDecision[],
): CarriedBook | undefined {
  if (open.length + ended.length + early.length === 0) return undefined;
  let book: CarriedBook | undefined;
  for (const extent of EXTENTS) {
    // The oldest first, as they are entered.
    const kept = [...ended.slice(0, extent.ended)].reverse();
    book = {
      approvals: [...kept, ...open].map((approval) => approval.carried(extent.changes)),
      early: early.map(({ id, verdict, actor }) => defined({ id, verdict, actor: extent.actors ? actor : undefined })),
    };
    if (JSON.stringify(book).length <= MAX_CARRIED_CHARS) return book;
  }
  return book;
}

/** Reads what {@link carryBook} wrote; `undefined` where nothing was carried. */
export function readCarriedBook(value: unknown): CarriedBook | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { approvals, early } = value as { approvals?: unknown; early?: unknown };
  return {
    approvals: array<CarriedApproval>(approvals).filter(
      ({ id, state, requestedAtMs }) =>
        typeof id === 'string' && STATES.includes(state) && Number.isFinite(requestedAtMs),
    ),
    early: array<EarlyDecision>(early).filter(
      ({ id, verdict }) => typeof id === 'string' && APPROVAL_VERDICTS.includes(verdict),
    ),
  };
}

function array<T extends object>(value: unknown): T[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'object' && item !== null) : [];
}
