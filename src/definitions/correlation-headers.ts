/**
 * HTTP headers that pass an agent's ids to the services that its tools call. Trace context travels beside them in the
 * headers of the configured propagator.
 *
 * @module
 */

export const CORRELATION_HEADERS = {
  namespace: 'x-temporal-namespace',
  workflowId: 'x-temporal-workflow-id',
  runId: 'x-temporal-run-id',
  activityId: 'x-temporal-activity-id',
  taskType: 'x-agent-task-type',
  taskId: 'x-agent-task-id',
  sessionId: 'x-agent-session-id',
} as const;
