import { ContinueAsNewIgnored } from './continue-as-new-ignored';
import { ConversationInHistory } from './conversation-in-history';
import { HistoryBudget } from './history-budget';
import { HistoryGrowth } from './history-growth';
import { TaskCaps } from './task-caps';
import { TransactionSize } from './transaction-size';
import type { WatchedRun, WorkflowDetector } from './workflow-detector';

/** The detectors of one run. */
export function workflowDetectors(run: WatchedRun): readonly WorkflowDetector[] {
  // Before those that read it.
  const growth = new HistoryGrowth(run);
  return [
    growth,
    new TaskCaps(run),
    new HistoryBudget(run, growth),
    new ContinueAsNewIgnored(run),
    new TransactionSize(run),
    new ConversationInHistory(run, growth),
  ];
}
