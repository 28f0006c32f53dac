/**
 * API for activity code (`temporal-agent-observability/activity`).
 *
 * @module
 */

export { CORRELATION_HEADERS } from '../definitions/correlation-headers';
export { agentContext, correlationHeaders } from './agent-context';
export type { AgentCorrelation } from './observation';
