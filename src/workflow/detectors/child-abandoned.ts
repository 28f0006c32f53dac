import { abandonedChild, isAgentChild } from './child-commands';
import type { Command, WatchedRun, WorkflowDetector } from './workflow-detector';

/** Child workflow types remembered until it is known whether their parent is an agent. */
const MAX_TYPES = 100;

/** An agent starts a child with the policy ABANDON. A child is told of when it starts, or once its parent called a model. */
export class ChildAbandoned implements WorkflowDetector {
  private readonly workflowTypes = new Set<string>();

  constructor(private readonly run: WatchedRun) {}

  concluded(commands: readonly Command[]): void {
    for (const command of commands) {
      const workflowType = abandonedChild(command)?.workflowType;
      if (workflowType && this.workflowTypes.size < MAX_TYPES) this.workflowTypes.add(workflowType);
    }
    for (const workflowType of this.workflowTypes) {
      if (!isAgentChild(this.run, workflowType)) continue;
      this.workflowTypes.delete(workflowType);
      this.run.found({
        id: 'child-abandoned',
        message: `child workflow ${workflowType} is started with parentClosePolicy ABANDON`,
        cause: workflowType,
        evidence: { childWorkflowType: workflowType, iteration: this.run.state.iteration },
      });
    }
  }
}
