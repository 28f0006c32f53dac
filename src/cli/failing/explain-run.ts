import type { temporal } from '@temporalio/proto';
import { GRPC, grpcCode } from '../../client/grpc-status';
import type { VisibleRun } from '../../client/visible-run';
import { defined } from '../../definitions/defined';
import { errorName, lastTaskFailure, taskFailureFinding } from '../../exporter/task-failure';
import { taskStartMs } from '../../exporter/task-start';
import type { WorkflowDescriber } from '../../exporter/workflow-describer';
import { isoTime, protoTimeMs } from '../explain/time';
import type { FailingRun } from './report';

type HistoryEvent = temporal.api.history.v1.IHistoryEvent;

/** Events that are read for the failure; what other events follow it are messages to the run. */
const EVENTS = 100;

/** Why a run fails and since when; `undefined` where it is gone. */
export async function explainRun(
  describer: WorkflowDescriber,
  run: VisibleRun,
  attempt: number,
): Promise<FailingRun | undefined> {
  try {
    const events = await describer.lastEvents('failing_tasks', run, EVENTS);
    const failure = lastTaskFailure(events);
    const found = failure && taskFailureFinding(run, failure);
    const { failed, timedOut } = failedAttempts(events);
    const sinceMs = protoTimeMs((failed ?? timedOut)?.eventTime);
    const { workflowId, runId, workflowType, taskQueue, taskId, sessionId } = run;
    return {
      taskType: run.taskType ?? '',
      workflowId,
      runId,
      workflowType,
      taskQueue,
      ...defined({ taskId, sessionId }),
      startedAt: isoTime(taskStartMs(run)),
      attempt,
      ...defined({
        since: sinceMs === undefined ? undefined : isoTime(sinceMs),
        error: failure === undefined ? timedOut && 'timeout' : errorName(failure),
        buildId: failure?.buildId,
        finding: found && { id: found.id, message: found.message },
      }),
    };
  } catch (error) {
    if (grpcCode(error) === GRPC.notFound) return undefined;
    throw error;
  }
}

/** Failures and time-outs of the task that the run stands at: of its attempts the server writes few, most often one. */
function failedAttempts(newestFirst: readonly HistoryEvent[]) {
  const last = newestFirst.findIndex((event) => event.workflowTaskCompletedEventAttributes != null);
  const ofTask = newestFirst.slice(0, last === -1 ? undefined : last);
  return {
    failed: ofTask.findLast((event) => event.workflowTaskFailedEventAttributes != null),
    timedOut: ofTask.findLast((event) => event.workflowTaskTimedOutEventAttributes != null),
  };
}
