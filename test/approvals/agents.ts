/**
 * Agents that wait for approvals.
 *
 * @module
 */

import { requestApproval } from 'temporal-agent-observability/workflow';

/** Waits for one approval and returns how it ended. */
export async function oneApproval(id: string, timeout: number, wait = 0): Promise<string> {
  const { outcome } = await requestApproval({ id, subject: `What ${id} is about`, timeout });
  return outcome;
}
