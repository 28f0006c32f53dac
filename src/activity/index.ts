/**
 * API for activity code (`temporal-agent-observability/activity`).
 *
 * @module
 */

export { CORRELATION_HEADERS } from '../definitions/correlation-headers';
export { agentContext, correlationHeaders } from './agent-context';
export { type HeartbeatWhileOptions, heartbeatWhile } from './heartbeat-while';
export type { AgentCorrelation } from './observation';
export { type ToApplicationFailureOptions, toApplicationFailure } from './to-application-failure';
