import { workflowInfo } from '@temporalio/workflow';
import { readableBytes } from '../../definitions/readable-bytes';
import { closing } from './child-commands';
import type { HistoryGrowth, HistoryQuantity } from './history-growth';
import type { Command, WatchedRun, WorkflowDetector } from './workflow-detector';

/** Finds runs whose history comes near the size or the length at which the server terminates them. */
export class HistoryBudget implements WorkflowDetector {
  constructor(
    private readonly run: WatchedRun,
    private readonly growth: HistoryGrowth,
  ) {}

  concluded(commands: readonly Command[]): void {
    const { historySizeLimitBytes, historyEventsLimit } = this.run.thresholds;
    const { historySize, historyLength } = workflowInfo();
    this.check(commands, 'bytes', historySize, historySizeLimitBytes);
    this.check(commands, 'events', historyLength, historyEventsLimit);
  }

  private check(commands: readonly Command[], limit: HistoryQuantity, used: number, maximum: number): void {
    const { historyWarningShare, historyCriticalShare } = this.run.thresholds;
    if (used < maximum * historyWarningShare) return;
    // Nothing is in danger any more, least of all where the run continues as new.
    if (commands.some(closing)) return;
    const severity = used < maximum * historyCriticalShare ? 'warning' : 'critical';
    const callsLeft = this.growth.forecast(limit, used, maximum)?.callsLeft;
    const state =
      limit === 'bytes' ? `${readableBytes(used)} of ${readableBytes(maximum)}` : `${used} of ${maximum} events`;
    const forecast =
      callsLeft === undefined
        ? ''
        : `; as it grows now, ${callsLeft} more model ${callsLeft === 1 ? 'call' : 'calls'} fit`;
    this.run.found({
      id: 'history-budget',
      message: `history of workflow type ${workflowInfo().workflowType} has ${state}${forecast}`,
      cause: `${workflowInfo().workflowType} ${limit} ${severity}`,
      severity,
      evidence: { limit, used, maximum, ...(callsLeft !== undefined && { callsLeft }) },
    });
  }
}
