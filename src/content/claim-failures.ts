/**
 * What a claim check says when it cannot do its work.
 *
 * @module
 */

import { ApplicationFailure } from '@temporalio/common';
import type { FindingSubject } from '../definitions/finding';
import { tellFinding } from '../definitions/finding-listeners';

/**
 * `type` of the `ApplicationFailure` that a {@link claimCheck} throws. All but `ClaimCheckUnavailable`, which is for a
 * store that does not answer, are non-retryable.
 */
export type ClaimCheckFailureType =
  | 'ClaimCheckMissing'
  | 'ClaimCheckExpired'
  | 'ClaimCheckCorrupt'
  | 'ClaimCheckUnavailable';

/** A reference as history holds it. */
export interface Claim {
  readonly key: string;
  readonly sha256: string;
  /** Size of the object. */
  readonly bytes: number;
  readonly storedAtMs: number;
  /** Namespace that the payload was stored for, where Temporal told it. */
  readonly namespace: string | undefined;
  /** Run whose history refers to the object. */
  readonly subject: FindingSubject;
}

const WHAT_TO_DO =
  'Restore the object under this key: a workflow task that waits for it is tried again and goes on by itself. Where that is not possible, reset the run to before the payload, or terminate it.';

/** The object is not there. */
export function missingFailure(
  claim: Claim,
  payloadRetentionMs: number | undefined,
  nowMs: number,
): ApplicationFailure {
  const isExpired = payloadRetentionMs !== undefined && nowMs - claim.storedAtMs > payloadRetentionMs;
  const why = isExpired
    ? `has expired: the store keeps payloads for ${days(payloadRetentionMs)}, too short for this run`
    : 'is not in the store: it was deleted, or this process uses another store than the one that wrote it';
  return isExpired ? unusable('ClaimCheckExpired', claim, why) : unusable('ClaimCheckMissing', claim, why);
}

/** The object is there, but is not what was stored. */
export function corruptFailure(claim: Claim, actualBytes: number): ApplicationFailure {
  const why =
    actualBytes === claim.bytes
      ? 'is corrupt: its bytes are not those that were stored'
      : `is corrupt: it has ${actualBytes} of ${claim.bytes} bytes`;
  return unusable('ClaimCheckCorrupt', claim, why);
}

/** A reference that no claim check wrote. */
export function malformedFailure(problem: string): ApplicationFailure {
  const message = `Claim check: a payload's reference is unusable: ${problem}. It was written by another version or by hand; reset the run to before it, or terminate it.`;
  return ApplicationFailure.create({
    type: 'ClaimCheckCorrupt' satisfies ClaimCheckFailureType,
    message,
    nonRetryable: true,
  });
}

/** The store did not answer, so that trying again may help. */
export function unavailableFailure(doing: 'store' | 'read', key: string, cause: unknown): ApplicationFailure {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return ApplicationFailure.create({
    type: 'ClaimCheckUnavailable' satisfies ClaimCheckFailureType,
    message: `Claim check: could not ${doing} payload ${key}: ${reason}`,
    nonRetryable: false,
    ...(cause instanceof Error && { cause }),
  });
}

const CAUSES = { ClaimCheckMissing: 'missing', ClaimCheckExpired: 'expired', ClaimCheckCorrupt: 'corrupt' } as const;

function unusable(type: keyof typeof CAUSES, claim: Claim, why: string): ApplicationFailure {
  const { key, bytes, storedAtMs, namespace, subject } = claim;
  const cause = CAUSES[type];
  const message = `payload ${key} of ${bytes} bytes, stored at ${new Date(storedAtMs).toISOString()}, ${why}`;
  const detection = { id: 'content-missing', message, cause, evidence: { key, reason: cause, bytes } } as const;
  // A worker of another namespace can say it too, but must not take the run for one of its own.
  if (!tellFinding({ ...detection, ...subject, namespace })) tellFinding({ ...detection, namespace: undefined });
  return ApplicationFailure.create({ type, message: `Claim check: ${message}. ${WHAT_TO_DO}`, nonRetryable: true });
}

function days(ms: number): string {
  return `${Math.round(ms / 86_400_000)} days`;
}
