import type { Payload } from '@temporalio/common';
import { toolNameOf } from '../../llm/known-model-activities';
import { readLlmCall } from '../../llm/read-llm-call';
import { decodeFirst } from './payloads';
import type { ActivityStory } from './run-story';

export type Payloads = readonly Payload[] | null | undefined;

export function newActivity(
  names: Pick<ActivityStory, 'activityId' | 'activityType' | 'tool'>,
  scheduledAtMs: number,
  isLocal: boolean,
): ActivityStory {
  return {
    ...names,
    isLocal,
    scheduledAtMs,
    startedAtMs: undefined,
    closedAtMs: undefined,
    attempts: 0,
    outcome: 'pending',
    previousFailure: undefined,
    failure: undefined,
    call: undefined,
    unreadable: undefined,
  };
}

export function toolName(activityType: string, input: Payloads): string {
  // Looked at for MCP calls only, and most inputs are conversations: decoded when asked for.
  const args = Object.defineProperty([] as unknown[], 0, {
    get: () => {
      const decoded = decodeFirst(input);
      return decoded?.kind === 'value' ? decoded.value : undefined;
    },
  });
  return toolNameOf(activityType, args);
}

/** Results are read as they pass and not kept: a long history can hold more of them than fit into memory. */
export function readResult(activity: ActivityStory, result: Payloads, input: Payloads): void {
  const decoded = decodeFirst(result);
  if (decoded === undefined) return;
  if (decoded.kind === 'unreadable') {
    activity.unreadable = decoded.encoding;
    return;
  }
  const { activityType } = activity;
  activity.call = readLlmCall(decoded.value, { activityType });
  if (activity.call !== undefined && activity.call.model === undefined) {
    const request = decodeFirst(input);
    if (request?.kind === 'value') {
      activity.call = readLlmCall(decoded.value, { activityType, request: request.value }) ?? activity.call;
    }
  }
}
