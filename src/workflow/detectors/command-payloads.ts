import type { Command } from './workflow-detector';

/** Bytes of what user code passes on with a command, before any codec; 0 for commands that carry nothing of it. */
export function payloadBytes(command: Command): number {
  const payloads =
    command.scheduleActivity?.arguments ??
    command.startChildWorkflowExecution?.input ??
    command.signalExternalWorkflowExecution?.args ??
    command.continueAsNewWorkflowExecution?.arguments;
  let bytes = 0;
  for (const payload of payloads ?? []) bytes += payload.data?.length ?? 0;
  return bytes;
}
