/**
 * Names that stand in recorded histories, headers and bundles. They are a contract with every run that is already
 * open: a name here is never changed, only joined by another.
 *
 * @module
 */

/** Patch that marks a run as one that writes search attributes by the rule `sa-v1`. */
export const SEARCH_ATTRIBUTE_PATCH = 'temporal-agent-observability/sa-v1';

/** Patch that marks a run in which approvals that the workflow reports are written to its search attributes. */
export const REPORTED_APPROVAL_PATCH = 'temporal-agent-observability/reported-approvals-v1';

/** Every patch id of ours; the gate answers for these and no others. */
export const PATCH_IDS: readonly string[] = [SEARCH_ATTRIBUTE_PATCH, REPORTED_APPROVAL_PATCH];

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

/** Query that answers with a run's approvals. */
export const APPROVALS_QUERY = 'agentApprovals';

/** Update and signal that decide an approval. */
export const APPROVAL_DECIDE = 'agentApprovalDecide';

/** Update and signal that acknowledge an approval. */
export const APPROVAL_ACKNOWLEDGE = 'agentApprovalAcknowledge';

/** Type of the failure of an update that is refused. */
export const APPROVAL_REFUSED = 'ApprovalRefused';

/** Type of the failure of a run whose approval is not to go on without a decision. */
export const APPROVAL_TIMED_OUT = 'ApprovalTimedOut';

/** Type of the failure of a run that asks for an approval which cannot be one. */
export const APPROVAL_INVALID = 'ApprovalInvalid';
