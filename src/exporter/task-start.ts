/**
 * When a task began. An agent that continued as new began before its last run did; that is what the attribute
 * AgentTaskStartedAt is for. A run has none where no worker took it yet, and where the attribute is left out: its own
 * ExecutionTime takes the place then, which leaves out start delays and the wait for a cron schedule as the attribute does.
 *
 * @module
 */

import { quoteTime } from '../client/visibility-query';
import type { VisibleRun } from '../client/visible-run';
import type { SearchAttributeName } from '../definitions/search-attributes';

export function taskStartMs({ taskStartedAtMs, executionAtMs }: VisibleRun): number {
  return taskStartedAtMs ?? executionAtMs;
}

/** Condition for runs whose task began before a time. */
export function taskStartedBefore(ms: number, attributes: ReadonlySet<SearchAttributeName>): string {
  const time = quoteTime(ms);
  return attributes.has('AgentTaskStartedAt')
    ? `(AgentTaskStartedAt < ${time} OR (AgentTaskStartedAt IS NULL AND ExecutionTime < ${time}))`
    : `ExecutionTime < ${time}`;
}
