/**
 * The plugin, its options, and helpers for clients.
 *
 * @module
 */

export { type StartAgentOptions, startAgent, withAgentTask } from './client/agent-task';
export type { RedactContext, RedactFunction } from './content';
export type { AgentIdentity } from './definitions/agent-header';
export type { Finding } from './definitions/finding';
export { FINDINGS, type FindingDefinition, type FindingId, type Severity } from './definitions/findings';
export { METRICS, type MetricDefinition } from './definitions/metrics';
export { PATTERNS } from './definitions/patterns';
export {
  SEARCH_ATTRIBUTES,
  type SearchAttributeDefinition,
  type SearchAttributeName,
} from './definitions/search-attributes';
export type { PerTaskType, Thresholds } from './definitions/thresholds';
export type {
  ExpectedOptions,
  ExporterOptions,
  StandaloneExporterOptions,
  TaskTypeOptions,
} from './exporter/options/exporter-options';
export type {
  AgentObservabilityOptions,
  ContentOptions,
  MetricsEndpointOptions,
  MetricsRegistryOptions,
  SearchAttributeOptions,
  WorkflowFilterOptions,
} from './options';
export { AgentObservabilityPlugin, PLUGIN_NAME } from './plugin';
export { type AgentRuntimeOptions, runtimeOptions } from './runtime-options';
export { type CountTokensOptions, countTokens, type TokenCount, type TokenEncoding } from './tokens';
