import type { ActivityObservation, AgentCorrelation } from '#lib/activity/observation';
import type { LlmCall } from '#lib/llm/types';

export const correlation: AgentCorrelation = {
  namespace: 'shop',
  workflowId: 'wf-1',
  runId: 'run-1',
  workflowType: 'supportAgent',
  taskQueue: 'agents',
  activityId: '5',
  activityType: 'callModel',
  attempt: 2,
  isLocal: false,
  taskType: 'support',
};

export const call: LlmCall = {
  provider: 'openai',
  shape: 'openai.chat',
  operation: 'chat',
  model: 'gpt-5-2025-08-07',
  requestModel: 'gpt-5',
  refusal: false,
  toolCalls: [],
  turns: 1,
  finish: 'stop',
};

export function modelCall(changes: Partial<ActivityObservation> = {}): ActivityObservation {
  return {
    correlation,
    kind: 'llm',
    startedAtMs: 1_700_000_000_000,
    durationMs: 3000,
    outcome: 'ok',
    call,
    input: [],
    ...changes,
  };
}

export function toolCall(changes: Partial<ActivityObservation> = {}): ActivityObservation {
  return {
    correlation: { ...correlation, activityType: 'lookUpOrder' },
    kind: 'tool',
    startedAtMs: 1_700_000_000_000,
    durationMs: 20,
    outcome: 'ok',
    input: [],
    ...changes,
  };
}
