/**
 * One approval: what has become of it so far. Knows no timers and no handlers.
 *
 * @module
 */

import type { ApprovalChange, ApprovalOpenState, ApprovalState, ApprovalView } from '../../definitions/approvals';
import { APPROVAL_OPEN_STATES } from '../../definitions/approvals';
import { defined } from '../../definitions/defined';
import { fingerprint } from '../../definitions/keyword';

/** Changes kept of one approval: the first, and the last ones. */
const MAX_CHANGES = 20;

/** Who did it and what they said about it. */
export interface Remark {
  readonly actor?: string | undefined;
  readonly note?: string | undefined;
}

interface Change extends Remark {
  readonly state: ApprovalState;
  readonly atMs: number;
}

/** An approval as it travels to the next run: ids, states, times and actors, no words. Changes are `[state, atMs, actor]`. */
export interface CarriedApproval {
  readonly id: string;
  readonly state: ApprovalState;
  readonly requestedAtMs: number;
  readonly dueAtMs?: number | undefined;
  readonly escalatedTo?: string | undefined;
  readonly approved?: boolean | undefined;
  readonly repeats?: number | undefined;
  readonly refused?: number | undefined;
  readonly reported?: boolean | undefined;
  /** Fingerprint of the subject, empty where there was none. */
  readonly about?: string | undefined;
  /** How many deadlines went by. */
  readonly stage?: number | undefined;
  /** Nothing comes after the next deadline but the time-out. */
  readonly last?: boolean | undefined;
  /** The workflow has had its outcome. */
  readonly settled?: boolean | undefined;
  readonly changes?: readonly (readonly [ApprovalState, number, string?])[] | undefined;
}

export class Approval {
  /** Fingerprint of the subject that it was asked for with; it travels to the next run, unlike the subject. */
  about: string | undefined;
  dueAtMs: number | undefined;
  /** Who it was escalated to last. */
  escalatedTo: string | undefined;
  approved: boolean | undefined;
  repeats = 0;
  refused = 0;
  reported = false;
  stage = 0;
  last = true;
  /** A call of this run waits for it, or had its outcome. */
  claimed = false;
  /** The workflow has had its outcome, in this run or one before. */
  settled = false;
  private words: string | undefined;
  private current: ApprovalState = 'submitted';
  private changes: Change[] = [];

  constructor(
    readonly id: string,
    readonly requestedAtMs: number,
  ) {}

  static carriedOn(carried: CarriedApproval): Approval {
    const approval = new Approval(carried.id, carried.requestedAtMs);
    const { stage = 0, last = true, repeats = 0, refused = 0, reported = false, settled = false } = carried;
    const { about, dueAtMs, escalatedTo, approved, changes = [] } = carried;
    Object.assign(approval, {
      about,
      stage,
      last,
      repeats,
      refused,
      reported,
      settled,
      dueAtMs,
      escalatedTo,
      approved,
    });
    approval.current = carried.state;
    approval.changes = changes.map(([state, atMs, actor]) => ({ state, atMs, actor }));
    return approval;
  }

  get subject(): string | undefined {
    return this.words;
  }

  set subject(subject: string | undefined) {
    this.words = subject;
    this.about = aboutOf(subject);
  }

  get state(): ApprovalState {
    return this.current;
  }

  /** Decided or timed out in a run that did not ask for it, so that the workflow does not know yet. */
  get unread(): boolean {
    return !this.open && !this.settled && !this.reported && this.current !== 'cancelled';
  }

  get open(): boolean {
    return APPROVAL_OPEN_STATES.includes(this.current as ApprovalOpenState);
  }

  /** When it ended; the time of its latest change while it is open. */
  get changedAtMs(): number {
    return this.changes.at(-1)?.atMs ?? this.requestedAtMs;
  }

  /** What was last said about it, and by whom. */
  get remark(): Remark {
    const { actor, note } = this.changes.at(-1) ?? {};
    return { actor, note };
  }

  change(state: ApprovalState, atMs: number, { actor, note }: Remark = {}): void {
    this.current = state;
    this.changes.push({ state, atMs, actor, note });
    if (this.changes.length > MAX_CHANGES) this.changes.splice(1, 1);
    if (!this.open) this.dueAtMs = undefined;
  }

  /** Somebody else is given time. */
  escalate(to: string, nowMs: number, timeoutMs: number): void {
    this.escalatedTo = to;
    this.dueAtMs = nowMs + timeoutMs;
    this.change('escalated', nowMs, { actor: to });
  }

  view(): ApprovalView {
    const { id, subject, state, requestedAtMs, dueAtMs, escalatedTo, approved, repeats, refused, reported } = this;
    return defined({
      id,
      subject,
      state,
      requestedAt: iso(requestedAtMs),
      dueAt: dueAtMs === undefined ? undefined : iso(dueAtMs),
      escalatedTo,
      approved,
      repeats,
      refused,
      reported: reported || undefined,
      changes: this.changes.map(
        ({ state, atMs, actor, note }): ApprovalChange => defined({ state, at: iso(atMs), actor, note }),
      ),
    });
  }

  /**
   * @param changes how many of them travel, the first and the last ones
   * @param names whether people are named
   */
  carried(changes: number, names: boolean): CarriedApproval {
    const { id, state, requestedAtMs, about, dueAtMs, approved, stage, last, settled } = this;
    return defined({
      id,
      state,
      requestedAtMs,
      about,
      dueAtMs,
      escalatedTo: names ? this.escalatedTo : undefined,
      approved,
      repeats: this.repeats || undefined,
      refused: this.refused || undefined,
      reported: this.reported || undefined,
      stage: stage || undefined,
      last: last ? undefined : false,
      settled: settled || undefined,
      changes: firstAndLast(this.changes, changes).map(({ state, atMs, actor }) =>
        actor === undefined || !names ? ([state, atMs] as const) : ([state, atMs, actor] as const),
      ),
    });
  }
}

/** Fingerprint of a subject. */
export function aboutOf(subject: string | undefined): string {
  return subject === undefined ? '' : fingerprint(subject);
}

function firstAndLast<T>(items: readonly T[], count: number): readonly T[] {
  if (items.length <= count) return items;
  return count < 2 ? items.slice(-1) : [...items.slice(0, 1), ...items.slice(1 - count)];
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
