export { type AgentMetrics, acquireMetrics, DEFAULT_METRICS_PORT, type MetricsTarget } from './agent-metrics';
export { recordGenAiMetrics } from './genai-metrics';
export type { CounterKey, GaugeKey, HistogramKey, MetricLabels } from './metric-keys';
export type { NamespaceMetrics } from './namespace-metrics';
export { type CallLabels, callLabels, observeActivity, observeEstimatedTokens } from './observe-activity';
