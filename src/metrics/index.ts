export { type AgentMetrics, acquireMetrics } from './agent-metrics';
export { recordGenAiMetrics } from './genai-metrics';
export type { NamespaceMetrics } from './namespace-metrics';
export { callLabels, observeActivity, observeEstimatedTokens } from './observe-activity';
