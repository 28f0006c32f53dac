/**
 * Names that stand in recorded histories, headers and bundles. They are a contract with every run that is already
 * open: a name here is never changed, only joined by another.
 *
 * @module
 */

/** Patch that marks a run as one that writes search attributes by the rule `sa-v1`. */
export const SEARCH_ATTRIBUTE_PATCH = 'temporal-agent-observability/sa-v1';

/** Every patch id of ours; the gate answers for these and no others. */
export const PATCH_IDS: readonly string[] = [SEARCH_ATTRIBUTE_PATCH];

/** Header that carries an agent's identity and state to activities, children and the next run. */
export const AGENT_HEADER = 'temporal-agent-observability';

/** Name of the sinks that the workflow side calls and the worker provides. */
export const SINK_NAME = 'temporalAgentObservability';

/** Storage driver that references in histories name. */
export const CLAIM_CHECK_DRIVER = 'temporal-agent-observability.claim-check';

/** What a bundle with the workflow module contains: the key set that it was built with. */
export const BUNDLE_MARKER = 'temporal-agent-observability/bundle-v1';

/** Webpack constant that holds the {@link BUNDLE_MARKER} line. */
export const BUNDLE_CONSTANT = '__TEMPORAL_AGENT_OBSERVABILITY__';

/** Type of the failure of a run that asks for a transform which is not registered. */
export const TRANSFORM_UNKNOWN = 'TransformUnknown';

/** Type of the failure of a run whose agent has used up its budget. */
export const AGENT_BUDGET_EXCEEDED = 'AgentBudgetExceeded';

/** Type of the failure of a run that asks for a budget which cannot be one. */
export const AGENT_BUDGET_INVALID = 'AgentBudgetInvalid';
