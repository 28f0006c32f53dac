/**
 * Approvals on their way to the next run of a task. The header that carries them passes no payload codec, so subjects and
 * notes stay behind; and it has a bound, so with very many approvals details are left out, from the least important on.
 * Open approvals and decisions that the workflow has not had yet go before all else.
 *
 * @module
 */

import type { ApprovalVerdict } from '../../definitions/approvals';
import { defined } from '../../definitions/defined';
import { jsonBytes } from '../json-bytes';
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

/** Three quarters of what a header may have. */
const MAX_CARRIED_BYTES = 192 * 1024;

/** What is carried, from everything to the least that the next run needs. */
const EXTENTS = [
  { changes: 20, ended: 20, names: true },
  { changes: 2, ended: 20, names: true },
  { changes: 1, ended: 5, names: false },
] as const;

/** @param ended the latest first */
export function carryBook(
  open: readonly Approval[],
  ended: readonly Approval[],
  early: readonly EarlyDecision[],
): CarriedBook | undefined {
  if (open.length + ended.length + early.length === 0) return undefined;
  for (const { changes, ended: latest, names } of EXTENTS) {
    const kept = ended.filter(({ unread }, i) => unread || i < latest);
    const book = {
      // The oldest first, as they are entered.
      approvals: [...kept.reverse(), ...open].map((approval) => approval.carried(changes, names)),
      early: early.map((decision) => carriedDecision(decision, names)),
    };
    if ((jsonBytes(book) ?? Number.POSITIVE_INFINITY) <= MAX_CARRIED_BYTES) return book;
  }
  return mostImportant(open, ended, early);
}

/** As much as there is room for: it takes hundreds of ids of hundreds of characters that JSON escapes to come here. */
function mostImportant(
  open: readonly Approval[],
  ended: readonly Approval[],
  early: readonly EarlyDecision[],
): CarriedBook {
  let left = MAX_CARRIED_BYTES;
  const fitting = <T>(items: readonly T[]): T[] =>
    items.filter((item) => {
      const bytes = 1 + (jsonBytes(item) ?? left);
      if (bytes > left) return false;
      left -= bytes;
      return true;
    });
  const carried = (approvals: readonly Approval[]) => fitting(approvals.map((approval) => approval.carried(1, false)));
  const requested = carried(open.filter(({ reported }) => !reported));
  const unread = carried(ended.filter((approval) => approval.unread)).reverse();
  const decisions = fitting(early.map((decision) => carriedDecision(decision, false)));
  const reported = carried(open.filter((approval) => approval.reported));
  return { approvals: [...unread, ...requested, ...reported], early: decisions };
}

function carriedDecision({ id, verdict, actor }: EarlyDecision, names: boolean): EarlyDecision {
  return defined({ id, verdict, actor: names ? actor : undefined });
}
