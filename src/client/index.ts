/**
 * For applications that start agents and decide their approvals (`temporal-agent-observability/client`). Needs no worker
 * in the process.
 *
 * @module
 */

export type { AgentIdentity } from '../definitions/agent-header';
export type {
  ApprovalChange,
  ApprovalEndedState,
  ApprovalOpenState,
  ApprovalRefusalReason,
  ApprovalState,
  ApprovalsView,
  ApprovalVerdict,
  ApprovalView,
} from '../definitions/approvals';
export { type StartAgentOptions, startAgent, withAgentTask } from './agent-task';
export { ApprovalClient, type ApprovalConnection } from './approval-client';
export {
  type ApprovalQuestion,
  ApprovalRefusedError,
  type ApprovalTarget,
  ApprovalUnansweredError,
} from './approval-errors';
export type {
  AcknowledgeOptions,
  ApprovalWay,
  DecideOptions,
  GetApprovalsOptions,
  ListApprovalsOptions,
  RemarkOptions,
} from './approval-options';
export type { ListedApproval, ListedApprovals } from './list-approvals';
