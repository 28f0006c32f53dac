import type { ExternalStorage } from '@temporalio/common';
import type { InjectedSinks } from '@temporalio/worker';
import type { Detected } from '../definitions/finding';
import type { ReportError } from '../definitions/observer-parts';
import { SINK_NAME } from '../definitions/wire';
import type { NamespaceMetrics } from '../metrics';
import type { AgentSinks } from '../workflow/sinks';
import type { TransformReporter } from './transform-reporter';

export interface SinkObserver {
  readonly report: ReportError;
  found(detected: Detected): void;
  /** Absent where metrics are off, and where nothing runs but replays. */
  readonly metrics?: NamespaceMetrics | undefined;
  /** Absent where nothing runs but replays. */
  readonly transforms?: TransformReporter;
  /** Keeps large payloads outside history; the sandbox measures them before they go there. */
  readonly externalStorage?: ExternalStorage | undefined;
}

/** The worker's end of what the workflow side tells. */
export function agentSinks(observer: SinkObserver): InjectedSinks<AgentSinks> {
  return {
    [SINK_NAME]: {
      internalError: {
        fn: (_info, message) => observer.report('workflow', new Error(message)),
        callDuringReplay: false,
      },
      finding: {
        fn: ({ workflowType, workflowId, runId }, detection) => {
          if (observer.externalStorage !== undefined && detection.evidence?.boundary === 'workflow_task') return;
          observer.found({ ...detection, workflowType, workflowId, runId });
        },
        callDuringReplay: false,
      },
      approvalRequested: {
        fn: (_info, { taskType }) => observer.metrics?.inc('approvalsRequested', { task_type: taskType }),
        callDuringReplay: false,
      },
      approvalEnded: {
        fn: (_info, { taskType, outcome, seconds }) => {
          const labels = { task_type: taskType, outcome };
          observer.metrics?.inc('approvalsDecided', labels);
          observer.metrics?.observe('approvalDecision', labels, seconds);
        },
        callDuringReplay: false,
      },
      transformsDefined: {
        fn: ({ taskQueue }, names) => observer.transforms?.defined(taskQueue, names),
        callDuringReplay: false,
      },
      transformed: {
        fn: (_info, use) => observer.transforms?.used(use),
        callDuringReplay: false,
      },
    },
  };
}
