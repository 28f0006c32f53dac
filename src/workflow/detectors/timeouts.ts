import type { Duration } from '@temporalio/common';
import { msToNumber } from '@temporalio/common/lib/time';
import { workflowInfo } from '@temporalio/workflow';

/** A timeout in milliseconds; `undefined` for none, which zero means too. What is no duration is left to the SDK to say. */
export function timeoutMs(timeout: Duration | undefined): number | undefined {
  if (timeout === undefined) return undefined;
  try {
    const ms = msToNumber(timeout);
    return ms > 0 ? ms : undefined;
  } catch {
    return undefined;
  }
}

/**
 * When the server ends the run, counted from its start; `undefined` for never. The server sets it for a run that has an
 * execution timeout alone, too.
 */
export function runTimeoutMs(): number | undefined {
  return timeoutMs(workflowInfo().runTimeoutMs);
}
