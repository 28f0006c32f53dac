import { isSpanContextValid, trace } from '@opentelemetry/api';
import type { AgentCorrelation } from '../activity/observation';

const NONE = {};

/**
 * Log attributes that tie a line to its task, session and trace, added to those that a line has already and never in
 * their place. Temporal adds workflow, run and activity itself.
 */
export function logAttributes(
  { taskType, taskId, sessionId, iteration }: AgentCorrelation,
  others: Readonly<Record<string, unknown>> = NONE,
): Record<string, unknown> {
  // Each by its name: a loop over keys takes five times as long, and Temporal asks for every attempt, logged or not.
  const attributes = { ...others };
  if (!('taskType' in attributes)) attributes.taskType = taskType;
  if (taskId !== undefined && !('taskId' in attributes)) attributes.taskId = taskId;
  if (sessionId !== undefined && !('sessionId' in attributes)) attributes.sessionId = sessionId;
  if (iteration !== undefined && !('iteration' in attributes)) attributes.iteration = iteration;
  const spanContext = trace.getActiveSpan()?.spanContext();
  if (spanContext !== undefined && isSpanContextValid(spanContext)) {
    if (!('trace_id' in attributes)) attributes.trace_id = spanContext.traceId;
    if (!('span_id' in attributes)) attributes.span_id = spanContext.spanId;
  }
  return attributes;
}
