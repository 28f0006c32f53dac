import type { ActivityObservation, AgentCorrelation, ContentRefs } from '#lib/activity/observation';
import type { LlmCall } from '#lib/llm/types';

/** Stands in everything that is content; it must not turn up in anything that is exported. */
export const CANARY = 'my-card-number-is-4111';

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
  taskId: 'task-9',
  sessionId: 'session-7',
  iteration: 3,
};

export const call: LlmCall = {
  provider: 'openai',
  shape: 'openai.chat',
  operation: 'chat',
  model: 'gpt-5-2025-08-07',
  requestModel: 'gpt-5',
  responseId: 'chatcmpl-1',
  usage: { inputTokens: 1000, outputTokens: 200, cacheReadTokens: 600, cacheWriteTokens: 100, reasoningTokens: 50 },
  finish: 'tool_call',
  finishRaw: 'tool_calls',
  refusal: true,
  toolCalls: [{ name: 'lookUpOrder', id: 'call_1' }],
  turns: 1,
};

export const refs: ContentRefs = {
  input: { uri: 'content/shop/sha256/aa/aabb', sha256: 'aabb', bytes: 900 },
  output: { uri: 'content/shop/sha256/cc/ccdd', sha256: 'ccdd', bytes: 300 },
};

export const STARTED = 1_700_000_000_000;

export function modelCall(changes: Partial<ActivityObservation> = {}): ActivityObservation {
  return {
    correlation,
    kind: 'llm',
    startedAtMs: STARTED,
    durationMs: 1500,
    outcome: 'ok',
    call,
    costUsd: 0.25,
    input: [{ messages: [CANARY] }],
    output: { choices: [CANARY] },
    inputBytes: 910,
    outputBytes: 310,
    ...changes,
  };
}

export function toolCall(changes: Partial<ActivityObservation> = {}): ActivityObservation {
  return {
    correlation: { ...correlation, activityType: 'lookUpOrder' },
    kind: 'tool',
    startedAtMs: STARTED,
    durationMs: 20,
    outcome: 'ok',
    input: [CANARY],
    output: CANARY,
    ...changes,
  };
}
