/**
 * A workflow of the command's own, added to a bundle to have the bundle's code evaluated as Temporal evaluates it: in
 * the SDK's sandbox, by the replay of a history of one workflow task. No server is asked.
 *
 * @module
 */

/** Type of the added workflow, and the workflow id of its only run. */
export const PROBE = '__temporalAgentObservabilityProbe';

const SOURCE_MAP = '//# sourceMappingURL=data:';

/** Appends a line of source to a bundle, whose source map has to stay at the end. */
export function appendSource(code: string, source: string): string {
  const end = code.lastIndexOf(SOURCE_MAP);
  return end === -1 ? code + source : code.slice(0, end) + source + code.slice(end);
}

/** A run of the probe, from its start to its end. */
export function probeHistory(): unknown {
  const taskQueue = { name: PROBE };
  const eventTime = '2024-01-01T00:00:00Z';
  const events = [
    {
      eventType: 'EVENT_TYPE_WORKFLOW_EXECUTION_STARTED',
      workflowExecutionStartedEventAttributes: {
        workflowType: { name: PROBE },
        taskQueue,
        originalExecutionRunId: PROBE,
        firstExecutionRunId: PROBE,
        workflowTaskTimeout: '10s',
        attempt: 1,
      },
    },
    {
      eventType: 'EVENT_TYPE_WORKFLOW_TASK_SCHEDULED',
      workflowTaskScheduledEventAttributes: { taskQueue, attempt: 1 },
    },
    { eventType: 'EVENT_TYPE_WORKFLOW_TASK_STARTED', workflowTaskStartedEventAttributes: { scheduledEventId: '2' } },
    {
      eventType: 'EVENT_TYPE_WORKFLOW_TASK_COMPLETED',
      workflowTaskCompletedEventAttributes: { scheduledEventId: '2', startedEventId: '3' },
    },
    {
      eventType: 'EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED',
      workflowExecutionCompletedEventAttributes: { workflowTaskCompletedEventId: '4' },
    },
  ];
  return { events: events.map((event, i) => ({ eventId: String(i + 1), eventTime, ...event })) };
}
