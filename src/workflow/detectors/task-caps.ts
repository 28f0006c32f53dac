import { thresholdFor } from '../../definitions/thresholds';
import type { ResolvedActivity } from '../agent-state';
import type { WatchedRun, WorkflowDetector } from './workflow-detector';

/** Finds agents that go on for longer, in turns or in tokens, than is usual for their task type. */
export class TaskCaps implements WorkflowDetector {
  constructor(private readonly run: WatchedRun) {}

  activityResolved({ turns }: ResolvedActivity): void {
    if (turns === undefined) return;
    const { state, thresholds } = this.run;
    const { currentTaskType: taskType, iteration, tokens } = state;
    const cap = thresholdFor(thresholds, 'iterationCap', taskType);
    if (iteration > cap) {
      this.run.found({
        id: 'iteration-cap-exceeded',
        message: `task type ${taskType} made ${iteration} model turns, its cap is ${cap}`,
        cause: taskType,
        evidence: { iteration, cap },
      });
    }
    const budget = thresholdFor(thresholds, 'tokenBudget', taskType);
    if (tokens !== undefined && tokens > budget) {
      this.run.found({
        id: 'token-budget-exceeded',
        message: `task type ${taskType} used ${tokens} tokens in ${iteration} model turns, its budget is ${budget}`,
        cause: taskType,
        evidence: { tokens, budget, iteration },
      });
    }
  }
}
