import { abandonedChild, type ChildStart, closing, isAgentChild } from './child-commands';
import type { Command, WatchedRun, WorkflowDetector } from './workflow-detector';

/** The server allows a run 2,000 children that are open. */
const MAX_OPEN = 2_000;

/** `coresdk.child_workflow.ChildWorkflowCancellationType.ABANDON`. */
const CANCELLATION_TYPE_ABANDON = 0;

interface OpenChild {
  readonly workflowType: string;
  /** A cancellation does not reach it, although its parent sees it cancelled at once. */
  readonly ignoresCancellation: boolean;
  started: boolean;
  /** Cancelled for its parent, and for nobody else. */
  left: boolean;
}

/**
 * A run closes, in whatever way but termination and timeout, which the sandbox never hears of, while a child that it
 * started with the policy ABANDON is open. Under any other policy the server ends the child, or asks it to end. Where the
 * workflow allowed `child-abandoned`, the child is meant to go on.
 */
export class OrphanedAgent implements WorkflowDetector {
  private readonly open = new Map<number, OpenChild>();

  constructor(private readonly run: WatchedRun) {}

  childStarted(seq: number, started: boolean): void {
    const child = this.open.get(seq);
    if (child === undefined) return;
    if (started) child.started = true;
    else this.open.delete(seq);
  }

  childResolved(seq: number): void {
    if (this.open.get(seq)?.left === false) this.open.delete(seq);
  }

  concluded(commands: readonly Command[]): void {
    let how: string | undefined;
    for (const command of commands) {
      const child = abandonedChild(command);
      if (child) this.starting(child);
      const cancelled = command.cancelChildWorkflowExecution?.childWorkflowSeq;
      if (cancelled) this.cancelled(cancelled);
      how ??= closing(command);
    }
    if (how !== undefined) this.closed(how);
  }

  private starting({ seq, workflowType, cancellationType }: ChildStart): void {
    if (!seq || !workflowType || this.open.size >= MAX_OPEN) return;
    const ignoresCancellation = cancellationType === CANCELLATION_TYPE_ABANDON;
    this.open.set(seq, { workflowType, ignoresCancellation, started: false, left: false });
  }

  /** Cancelled before it began, a child never begins, or ends at once. */
  private cancelled(seq: number): void {
    const child = this.open.get(seq);
    if (child?.started === false) this.open.delete(seq);
    else if (child?.ignoresCancellation) child.left = true;
  }

  private closed(how: string): void {
    const { run } = this;
    if (run.state.allows('child-abandoned')) return;
    const counts = new Map<string, number>();
    for (const { workflowType } of this.open.values()) counts.set(workflowType, (counts.get(workflowType) ?? 0) + 1);
    for (const [workflowType, count] of counts) {
      if (!isAgentChild(run, workflowType)) continue;
      const children = count === 1 ? 'a child' : `${count} children`;
      run.found({
        id: 'orphaned-agent',
        message: `the run ${how} while ${children} of type ${workflowType}, started with parentClosePolicy ABANDON, went on`,
        cause: workflowType,
        evidence: { childWorkflowType: workflowType, openChildren: count },
      });
    }
  }
}
