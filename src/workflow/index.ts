/**
 * API for workflow code (`temporal-agent-observability/workflow`). Everything here is optional: agents are observed
 * without it.
 *
 * @module
 */

export type { AgentIdentity } from '../definitions/agent-header';
export type {
  AcknowledgeApproval,
  ApprovalChange,
  ApprovalRefusal,
  ApprovalRefusalReason,
  ApprovalState,
  ApprovalsView,
  ApprovalView,
  DecideApproval,
} from '../definitions/approvals';
export type { FindingId } from '../definitions/findings';
export {
  AGENT_BUDGET_EXCEEDED,
  AGENT_BUDGET_INVALID,
  APPROVAL_INVALID,
  APPROVAL_REFUSED,
  APPROVAL_TIMED_OUT,
  TRANSFORM_UNKNOWN,
} from '../definitions/wire';
export { type AgentBudget, agentBudget } from './agent-budget';
export type { AgentBudgetOptions, AgentBudgetUse } from './agent-budget-options';
export { allow } from './allow';
export type { ApprovalEscalation, ApprovalFallback, RequestApprovalOptions } from './approvals/approval-options';
export { type ApprovalReport, reportApproval } from './approvals/report-approval';
export { type ApprovalDecision, requestApproval } from './approvals/request-approval';
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
