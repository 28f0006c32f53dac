import type { ApprovalVerdict } from '../definitions/approvals';

/**
 * Id of the update that decides, by which the server knows it again: equal decisions are one update, whoever makes them.
 * At most 610 bytes, and the server takes 1,000 (`limit.maxIDLength`).
 */
export function decisionId(approvalId: string, verdict: ApprovalVerdict): string {
  return `${approvalId}/${verdict}`;
}
