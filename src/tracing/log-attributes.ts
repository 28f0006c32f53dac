import { isSpanContextValid, trace } from '@opentelemetry/api';
import type { AgentCorrelation } from '../activity/observation';

/**
 * Log attributes that tie a line to its task, session and trace. Temporal adds workflow, run and activity itself.
 */
export function logAttributes(correlation: AgentCorrelation): Record<string, string | number> {
  const attributes: Record<string, string | number> = { taskType: correlation.taskType };
  if (correlation.taskId !== undefined) {
    attributes.taskId = correlation.taskId;
  }
  if (correlation.sessionId !== undefined) {
    attributes.sessionId = correlation.sessionId;
  }
  if (correlation.iteration !== undefined) {
    attributes.iteration = correlation.iteration;
  }
  const spanContext = trace.getActiveSpan()?.spanContext();
  if (spanContext !== undefined && isSpanContextValid(spanContext)) {
    attributes.trace_id = spanContext.traceId;
    attributes.span_id = spanContext.spanId;
  }
  return attributes;
}
