import { workflowInfo } from '@temporalio/workflow';
import { readableBytes } from '../../definitions/readable-bytes';
import { closing } from './child-commands';
import type { Command, WatchedRun, WorkflowDetector } from './workflow-detector';

/** Finds agents that go on in the same run long after Temporal suggested to continue as new. */
export class ContinueAsNewIgnored implements WorkflowDetector {
  private suggestedAt: number | undefined;
  private tasks = 0;
  private lastTask = 0;

  constructor(private readonly run: WatchedRun) {}

  concluded(commands: readonly Command[]): void {
    const { continueAsNewSuggested, historyLength, historySize, workflowType } = workflowInfo();
    // Queries and local activities come as activations of their own, inside the same workflow task.
    if (!continueAsNewSuggested || historyLength === this.lastTask) return;
    this.lastTask = historyLength;
    if (this.suggestedAt === undefined) this.suggestedAt = historyLength;
    else this.tasks++;
    const { state, thresholds } = this.run;
    if (this.tasks <= thresholds.continueAsNewIgnoredTasks || state.iteration === 0 || commands.some(closing)) return;
    this.run.found({
      id: 'continue-as-new-ignored',
      message: `workflow type ${workflowType} went on for ${this.tasks} workflow tasks after Temporal suggested to continue as new at event ${this.suggestedAt}; history has ${historyLength} events and ${readableBytes(historySize)}`,
      cause: workflowType,
      evidence: { tasks: this.tasks, suggestedAtEvent: this.suggestedAt, historyLength, historySize },
    });
  }
}
