/**
 * How large the payloads are that a run asks the server to take.
 *
 * @module
 */

type Payloads = readonly { readonly data?: Uint8Array | null }[] | null;

/** Commands that carry what user code passes on, in the SDK's own form. */
interface Command {
  readonly scheduleActivity?: { readonly seq?: number | null; readonly arguments?: Payloads } | null;
  readonly startChildWorkflowExecution?: { readonly input?: Payloads } | null;
  readonly signalExternalWorkflowExecution?: { readonly args?: Payloads } | null;
  readonly continueAsNewWorkflowExecution?: { readonly arguments?: Payloads } | null;
}

/** Bytes of payloads of a command, before any codec; 0 for commands without. */
export function payloadBytes(command: object): number {
  const {
    scheduleActivity: activity,
    startChildWorkflowExecution: child,
    signalExternalWorkflowExecution: signal,
    continueAsNewWorkflowExecution: next,
  } = command as Command;
  const payloads = activity?.arguments ?? child?.input ?? signal?.args ?? next?.arguments;
  let bytes = 0;
  for (const payload of payloads ?? []) bytes += payload.data?.length ?? 0;
  return bytes;
}

/** The number of the activity that a command schedules. */
export function scheduledSeq(command: object): number | undefined {
  return (command as Command).scheduleActivity?.seq ?? undefined;
}
