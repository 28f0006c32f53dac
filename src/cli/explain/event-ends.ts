import type { ChildStory, HistoryEvent, RunEnd } from './run-story';

type ChildEnd = readonly [{ readonly initiatedEventId?: unknown }, ChildStory['status']];

export function childEnds(event: HistoryEvent): ChildEnd[] {
  const ends = [
    [event.childWorkflowExecutionCompletedEventAttributes, 'completed'],
    [event.childWorkflowExecutionFailedEventAttributes, 'failed'],
    [event.childWorkflowExecutionCanceledEventAttributes, 'cancelled'],
    [event.childWorkflowExecutionTimedOutEventAttributes, 'timed_out'],
    [event.childWorkflowExecutionTerminatedEventAttributes, 'terminated'],
    [event.startChildWorkflowExecutionFailedEventAttributes, 'start_failed'],
  ] as const;
  return ends.flatMap(([attributes, status]): ChildEnd[] => (attributes == null ? [] : [[attributes, status]]));
}

export function runEnd(event: HistoryEvent): RunEnd | undefined {
  if (event.workflowExecutionCompletedEventAttributes != null) return 'COMPLETED';
  if (event.workflowExecutionFailedEventAttributes != null) return 'FAILED';
  if (event.workflowExecutionTimedOutEventAttributes != null) return 'TIMED_OUT';
  if (event.workflowExecutionCanceledEventAttributes != null) return 'CANCELLED';
  if (event.workflowExecutionTerminatedEventAttributes != null) return 'TERMINATED';
  if (event.workflowExecutionContinuedAsNewEventAttributes != null) return 'CONTINUED_AS_NEW';
  return undefined;
}
