export { type AgentMetrics, acquireMetrics } from './agent-metrics';
export { recordGenAiMetrics } from './genai-metrics';
export type { GaugeKey, GaugeValue } from './metric-keys';
export type { NamespaceMetrics } from './namespace-metrics';
export { callLabels, observeActivity, observeEstimatedTokens } from './observe-activity';
