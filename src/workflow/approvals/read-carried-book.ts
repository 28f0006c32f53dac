import {
  APPROVAL_ENDED_STATES,
  APPROVAL_OPEN_STATES,
  APPROVAL_VERDICTS,
  type ApprovalState,
  type ApprovalVerdict,
} from '../../definitions/approvals';
import { defined } from '../../definitions/defined';
import type { CarriedApproval } from './approval';
import type { CarriedBook, EarlyDecision } from './carried-book';

type Fields = Readonly<Record<string, unknown>>;
type CarriedChange = NonNullable<CarriedApproval['changes']>[number];

const STATES: readonly unknown[] = [...APPROVAL_OPEN_STATES, ...APPROVAL_ENDED_STATES];
const VERDICTS: readonly unknown[] = APPROVAL_VERDICTS;
/** Latest time that a date can be, in milliseconds. */
const MAX_TIME_MS = 8.64e15;

/**
 * Reads what `carryBook` wrote, perhaps in another release; what is missing or malformed is left out.
 *
 * @returns `undefined` where nothing was carried
 */
export function readCarriedBook(value: unknown): CarriedBook | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { approvals, early } = value as Fields;
  return { approvals: objects(approvals).flatMap(approval), early: objects(early).flatMap(decision) };
}

function approval(fields: Fields): CarriedApproval[] {
  const { id, state } = fields;
  const requestedAtMs = time(fields.requestedAtMs);
  if (typeof id !== 'string' || !STATES.includes(state) || requestedAtMs === undefined) return [];
  const read = {
    id,
    state: state as ApprovalState,
    requestedAtMs,
    about: text(fields.about),
    dueAtMs: time(fields.dueAtMs),
    escalatedTo: text(fields.escalatedTo),
    approved: flag(fields.approved),
    repeats: count(fields.repeats),
    refused: count(fields.refused),
    reported: flag(fields.reported),
    stage: count(fields.stage),
    last: flag(fields.last),
    settled: flag(fields.settled),
    changes: list(fields.changes).flatMap(change),
  };
  return [defined(read)];
}

function change(value: unknown): CarriedChange[] {
  const [state, atMs, actor] = list(value);
  const at = time(atMs);
  if (!STATES.includes(state) || at === undefined) return [];
  return [typeof actor === 'string' ? [state as ApprovalState, at, actor] : [state as ApprovalState, at]];
}

function decision({ id, verdict, actor }: Fields): EarlyDecision[] {
  if (typeof id !== 'string' || !VERDICTS.includes(verdict)) return [];
  return [defined({ id, verdict: verdict as ApprovalVerdict, actor: text(actor) })];
}

function objects(value: unknown): Fields[] {
  return list(value).filter((item): item is Fields => typeof item === 'object' && item !== null);
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function flag(value: unknown): boolean | undefined {
  return typeof value === 'boolean' ? value : undefined;
}

function count(value: unknown): number | undefined {
  return Number.isSafeInteger(value) && (value as number) >= 0 ? (value as number) : undefined;
}

function time(value: unknown): number | undefined {
  const ms = count(value);
  return ms !== undefined && ms <= MAX_TIME_MS ? ms : undefined;
}
