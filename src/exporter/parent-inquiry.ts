import type { temporal } from '@temporalio/proto';
import { GRPC, grpcCode } from '../client/grpc-status';
import { type RunId, readVisibleRun } from '../client/visible-run';
import { endOf, type ParentState } from './parent-runs';
import type { ChildRun } from './running-children';
import type { WorkflowDescriber } from './workflow-describer';

type Unclear = Extract<ParentState, { state: 'unclear' }>;
type Description = temporal.api.workflow.v1.IWorkflowExecutionInfo;

/**
 * Asks the server itself about parents of which visibility does not tell whether they are open: every run knows the
 * first run of its chain of retries, resets, cron and continue-as-new, and the namespace of its parent. At most three
 * requests for each.
 */
export class ParentInquiry {
  private namespaceId: Promise<string> | undefined;

  constructor(private readonly describer: WorkflowDescriber) {}

  /** @returns `unclear` where the server cannot tell either */
  async ask(child: ChildRun, unclear: Unclear): Promise<ParentState> {
    const { parent } = child;
    const current = await this.describe({ workflowId: parent.workflowId, runId: '' });
    if (current !== undefined && !current.closeTime) return this.askOpen(parent, current, unclear);
    if (!unclear.found && !(await this.isOfNamespace(child))) return unclear;
    if (unclear.end !== undefined) return { state: 'closed', end: unclear.end };
    return { state: 'closed', end: current?.firstRunId === parent.runId ? endOf(readVisibleRun(current)) : {} };
  }

  /** A run is open under the workflow id of the parent. Whether it belongs to the parent is known by the first run. */
  private async askOpen(parent: RunId, current: Description, unclear: Unclear): Promise<ParentState> {
    if ([current.firstRunId, current.execution?.runId].includes(parent.runId)) return { state: 'open' };
    const named = await this.describe(parent);
    // Older servers do not say.
    if (!current.firstRunId || !named?.firstRunId) return unclear;
    if (current.firstRunId === named.firstRunId) return { state: 'open' };
    return { state: 'closed', end: unclear.end ?? {} };
  }

  /** Runs of other namespaces are not seen from here, whether they are open or not. */
  private async isOfNamespace({ workflowId, runId }: ChildRun): Promise<boolean> {
    this.namespaceId ??= this.describer.namespaceId('orphans');
    const child = await this.describe({ workflowId, runId });
    return child?.parentNamespaceId === (await this.namespaceId);
  }

  private async describe(run: RunId): Promise<Description | undefined> {
    try {
      return (await this.describer.describe('orphans', run)).workflowExecutionInfo ?? undefined;
    } catch (error) {
      if (grpcCode(error) === GRPC.notFound) return undefined;
      throw error;
    }
  }
}
