/**
 * API for workflow code (`temporal-agent-observability/workflow`). Everything here is optional: agents are observed
 * without it.
 *
 * @module
 */

export type { AgentIdentity } from '../definitions/agent-header';
export type { FindingId } from '../definitions/findings';
export { allow } from './allow';
export { setAgentTask } from './set-agent-task';
