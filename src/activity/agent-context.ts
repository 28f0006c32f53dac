/**
 * Who an activity works for, for tools that pass it on.
 *
 * @module
 */

import { context, propagation } from '@opentelemetry/api';
import { asyncLocalStorage, type Context } from '@temporalio/activity';
import { CORRELATION_HEADERS } from '../definitions/correlation-headers';
import type { AgentCorrelation } from './observation';

/** Temporal already carries the activity's own context along; a second storage would cost every promise of the process. */
const correlations = new WeakMap<Context, AgentCorrelation>();

/** Makes the ids known to an attempt's code. */
export function setAgentContext(activity: Context, correlation: AgentCorrelation): void {
  correlations.set(activity, correlation);
}

/**
 * The ids of the activity attempt that is running: workflow, run, activity, attempt, task and session.
 * `undefined` outside of activities, and in workers without the plugin or with `mode: 'off'`.
 */
export function agentContext(): AgentCorrelation | undefined {
  const activity = asyncLocalStorage.getStore();
  return activity && correlations.get(activity);
}

/**
 * HTTP headers that let the service behind a tool tie its own logs and traces to this agent: our `x-temporal-*` and
 * `x-agent-*` ids, percent-encoded, and the trace context of the configured OpenTelemetry propagator (`traceparent`).
 * Empty outside of activities.
 *
 * @example
 * ```ts
 * await fetch(url, { headers: { ...correlationHeaders(), accept: 'application/json' } });
 * ```
 */
export function correlationHeaders(): Record<string, string> {
  const correlation = agentContext();
  if (correlation === undefined) return {};
  const headers: Record<string, string> = {};
  for (const [field, name] of Object.entries(CORRELATION_HEADERS) as [keyof typeof CORRELATION_HEADERS, string][]) {
    const value = correlation[field];
    // Ids may hold any character; a header value may not, and half a surrogate pair cannot even be encoded.
    if (value !== undefined) headers[name] = encodeURIComponent(value.replace(/\p{Cs}/gu, '\uFFFD'));
  }
  try {
    propagation.inject(context.active(), headers);
  } catch {
    // A propagator that throws must not fail the tool; our ids go out all the same.
  }
  return headers;
}
