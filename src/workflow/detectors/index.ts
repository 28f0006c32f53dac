import { ChildAbandoned } from './child-abandoned';
import { ContinueAsNewIgnored } from './continue-as-new-ignored';
import { ConversationInHistory } from './conversation-in-history';
import { HistoryBudget } from './history-budget';
import { HistoryGrowth } from './history-growth';
import { ModelCallOptions } from './model-call-options';
import { OrphanedAgent } from './orphaned-agent';
import { SandboxedApi } from './sandboxed-api';
import { TaskCaps } from './task-caps';
import { OversizedToolOutput } from './tool-output-oversized';
import { TransactionSize } from './transaction-size';
import { WaitWithoutTimeout } from './wait-without-timeout';
import type { WatchedRun, WorkflowDetector } from './workflow-detector';

/** The detectors of one run. */
export function workflowDetectors(run: WatchedRun): readonly WorkflowDetector[] {
  // Before those that read it.
  const growth = new HistoryGrowth(run);
  return [
    growth,
    new ModelCallOptions(run),
    new ChildAbandoned(run),
    new OrphanedAgent(run),
    new WaitWithoutTimeout(run),
    new TaskCaps(run),
    new HistoryBudget(run, growth),
    new ContinueAsNewIgnored(run),
    new TransactionSize(run),
    new ConversationInHistory(run, growth),
    new OversizedToolOutput(run),
    new SandboxedApi(run),
  ];
}
