import { Client, type ConnectionLike } from '@temporalio/client';
import type { ApprovalsView, ApprovalView } from '../definitions/approvals';
import { fail, known, nonEmpty } from '../definitions/option-checks';
import {
  type AcknowledgeOptions,
  checkAcknowledge,
  checkApprovalId,
  checkDecide,
  checkGet,
  checkList,
  type DecideOptions,
  type GetApprovalsOptions,
  type ListApprovalsOptions,
} from './approval-options';
import { queryApprovals, requireApproval } from './approval-query';
import { ApprovalRequests } from './approval-requests';
import { type ListedApprovals, listApprovals } from './list-approvals';
import { patienceOf } from './retry';

/** Where the workflows are. */
export interface ApprovalConnection {
  readonly connection: ConnectionLike;
  readonly namespace: string;
}

/**
 * Finds approvals and decides them, from any process.
 *
 * Everybody who may update or signal a workflow may decide its approvals: Temporal's own authorisation decides that, and
 * `actor` proves nothing.
 *
 * @example
 * ```ts
 * const approvals = new ApprovalClient(client);
 * for (const { workflowId, approval } of (await approvals.list({ overdue: true })).approvals) {
 *   console.log(workflowId, approval?.id, approval?.subject);
 * }
 * await approvals.decide('refund-17', 'refund', { verdict: 'approve', actor: 'kim@example.com' });
 * ```
 */
export class ApprovalClient {
  private readonly client: Client;
  private readonly requests: ApprovalRequests;

  /**
   * @param target a client; its data converter and interceptors are used. Or a connection, for data that the default
   *   converter reads.
   */
  constructor(target: Client | ApprovalConnection) {
    this.client = clientOf(target);
    this.requests = new ApprovalRequests(this.client);
  }

  /**
   * Open approvals of the namespace, the most urgent first. They are found by search attributes, which lag behind by a
   * moment; of a run whose details are not at hand only the most urgent approval is known.
   *
   * @throws ServiceError of the request to visibility
   */
  async list(options: ListApprovalsOptions = {}): Promise<ListedApprovals> {
    return listApprovals(this.client, checkList(options));
  }

  /**
   * Approvals of one run, open and ended, or one of them. Works for closed runs too, as long as a worker runs.
   *
   * @throws ApprovalRefusedError with reason `not-requested` where the run knows no such approval
   * @throws ApprovalUnansweredError where no worker answers in time
   * @throws WorkflowNotFoundError where there is no such run
   * @throws ServiceError
   */
  async get(workflowId: string, options?: GetApprovalsOptions): Promise<ApprovalsView>;
  async get(workflowId: string, approvalId: string, options?: GetApprovalsOptions): Promise<ApprovalView>;
  async get(
    workflowId: string,
    idOrOptions: string | GetApprovalsOptions = {},
    options: GetApprovalsOptions = typeof idOrOptions === 'object' ? idOrOptions : {},
  ): Promise<ApprovalsView | ApprovalView> {
    const { timeoutMs, ...run } = checkGet(workflowId, options);
    const approvalId = typeof idOrOptions === 'object' ? undefined : checkApprovalId(idOrOptions);
    const view = await queryApprovals(this.client, run, patienceOf(timeoutMs));
    return approvalId === undefined ? view : requireApproval(view, { workflowId, approvalId });
  }

  /**
   * Says that somebody has seen an approval and takes care of it; it stays open and its deadline stays. The first
   * acknowledgement counts, and after an escalation the first again.
   *
   * @returns the approval after it; nothing by signal
   * @throws as {@link decide}
   */
  async acknowledge(
    workflowId: string,
    approvalId: string,
    options: AcknowledgeOptions & { readonly via: 'signal' },
  ): Promise<undefined>;
  async acknowledge(
    workflowId: string,
    approvalId: string,
    options?: AcknowledgeOptions & { readonly via?: 'update' },
  ): Promise<ApprovalView>;
  async acknowledge(
    workflowId: string,
    approvalId: string,
    options?: AcknowledgeOptions,
  ): Promise<ApprovalView | undefined>;
  async acknowledge(
    workflowId: string,
    approvalId: string,
    options: AcknowledgeOptions = {},
  ): Promise<ApprovalView | undefined> {
    return this.requests.acknowledge(checkAcknowledge(workflowId, approvalId, options));
  }

  /**
   * Decides an approval. Equal decisions are one, wherever they come from and however often; after one of them the
   * opposite is refused. Equal calls at the same time are sent together, unless a call has metadata, an abort signal or a
   * deadline of its own (`connection.withMetadata` and the like).
   *
   * @returns the approval after it, with who decided it; nothing by signal
   * @throws ApprovalRefusedError where the workflow refuses: `reason`, whether `retry` can help, and the `approval`
   * @throws ApprovalUnansweredError where no worker answers in time; the decision may still be applied
   * @throws WorkflowNotFoundError where the run is closed and does not say how the approval ended, or there is no such run
   * @throws ServiceError
   */
  async decide(
    workflowId: string,
    approvalId: string,
    options: DecideOptions & { readonly via: 'signal' },
  ): Promise<undefined>;
  async decide(
    workflowId: string,
    approvalId: string,
    options: DecideOptions & { readonly via?: 'update' },
  ): Promise<ApprovalView>;
  async decide(workflowId: string, approvalId: string, options: DecideOptions): Promise<ApprovalView | undefined>;
  async decide(workflowId: string, approvalId: string, options: DecideOptions): Promise<ApprovalView | undefined> {
    return this.requests.decide(checkDecide(workflowId, approvalId, options));
  }
}

function clientOf(target: Client | ApprovalConnection): Client {
  const expected = 'a Client, or { connection, namespace }';
  if (typeof target !== 'object' || target === null) throw fail('ApprovalClient', expected, target);
  if ('workflow' in target) return target;
  known('ApprovalClient', target, ['connection', 'namespace']);
  const { connection } = target;
  if (typeof connection !== 'object' || connection === null) throw fail('connection', 'a Connection', connection);
  return new Client({ connection, namespace: nonEmpty('namespace', target.namespace) });
}
