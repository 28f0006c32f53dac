/**
 * API for workflow code (`temporal-agent-observability/workflow`). Everything here is optional: agents are observed
 * without it.
 *
 * @module
 */

export type { AgentIdentity } from '../definitions/agent-header';
export type { FindingId } from '../definitions/findings';
export { TRANSFORM_UNKNOWN } from '../definitions/wire';
export { allow } from './allow';
export { defineTransforms } from './define-transforms';
export { setAgentTask } from './set-agent-task';
export { transform } from './transform';
export type { AnyTransform } from './transform-registry';
export type {
  TransformFallback,
  TransformName,
  TransformOptions,
  Transforms,
  TransformTable,
} from './transform-types';
