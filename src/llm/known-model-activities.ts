import { View } from './readers/view';

/**
 * Activity types under which Temporal's own integrations call models: `@temporalio/ai-sdk` and
 * `@temporalio/strands-agents` (`invokeModel`, `invokeModelStreaming`, `invokeEmbeddingModel`), and
 * `@temporalio/openai-agents` (`invokeModelActivity`, `invokeModelStreamActivity`).
 */
const KNOWN_MODEL_ACTIVITIES: ReadonlySet<string> = new Set([
  'invokeModel',
  'invokeModelStreaming',
  'invokeEmbeddingModel',
  'invokeModelActivity',
  'invokeModelStreamActivity',
]);

export function isKnownModelActivity(activityType: string): boolean {
  return KNOWN_MODEL_ACTIVITIES.has(activityType);
}

/** `<server>-callTool` (AI SDK, Strands) and `<server>-stateless-call-tool`, `<server>-stateful-call-tool` (OpenAI Agents). */
const MCP_CALL = /-(callTool|call-tool)$/;

/**
 * Name of the tool that an activity is: its type, or for calls to an MCP server the name inside its arguments, for
 * there one activity type serves every tool of the server. Never throws.
 */
export function toolNameOf(activityType: string, args: readonly unknown[]): string {
  if (!MCP_CALL.test(activityType)) return activityType;
  try {
    const call = new View(args[0]);
    return call.word('toolName') ?? call.word('name') ?? activityType;
  } catch {
    return activityType;
  }
}
