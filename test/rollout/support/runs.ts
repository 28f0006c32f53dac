/**
 * What a server tells of runs.
 *
 * @module
 */

import type { Client } from '@temporalio/client';
import { vi } from 'vitest';
import { SEARCH_ATTRIBUTE_NAMES } from '#lib/definitions/search-attributes';
import { countOurs } from '../../support/histories';

const IN_TIME = { timeout: 30_000, interval: 50 };

/** How far a run has come, and who served it. */
export interface RunStory {
  /** Whether it writes search attributes. */
  readonly written: boolean;
  readonly upserts: number;
  readonly activitiesCompleted: number;
  /** Identities of the workers that completed its workflow tasks. */
  readonly servedBy: readonly string[];
  /** Identities of the workers that failed its workflow tasks. One that a stopping worker takes along is no failure. */
  readonly tasksFailed: readonly string[];
}

export async function storyOf(client: Client, workflowId: string, runId?: string): Promise<RunStory> {
  const history = await client.workflow.getHandle(workflowId, runId).fetchHistory();
  const events = history.events ?? [];
  const { markers, upserts } = countOurs(history);
  return {
    written: markers > 0,
    upserts,
    activitiesCompleted: events.filter((event) => event.activityTaskCompletedEventAttributes).length,
    servedBy: [...new Set(events.flatMap((event) => event.workflowTaskCompletedEventAttributes?.identity ?? []))],
    tasksFailed: events.flatMap((event) => event.workflowTaskFailedEventAttributes?.identity ?? []),
  };
}

/** Waits until a run has completed so many activities. */
export async function untilCompleted(client: Client, workflowId: string, activities: number): Promise<RunStory> {
  return vi.waitFor(async () => {
    const story = await storyOf(client, workflowId);
    if (story.activitiesCompleted < activities) throw new Error(`${story.activitiesCompleted} activities completed`);
    return story;
  }, IN_TIME);
}

/** Our search attributes of a closed run, as List returns them. */
export async function listedAttributes(
  client: Client,
  workflowId: string,
  runId?: string,
): Promise<Readonly<Record<string, unknown>>> {
  const query = `WorkflowId = '${workflowId}' AND ExecutionStatus != 'Running' ${runId ? `AND RunId = '${runId}'` : ''}`;
  return vi.waitFor(async () => {
    for await (const { typedSearchAttributes } of client.workflow.list({ query })) {
      const pairs = typedSearchAttributes.getAll().filter(({ key }) => OURS.has(key.name));
      return Object.fromEntries(pairs.map(({ key, value }) => [key.name, value]));
    }
    throw new Error(`visibility does not show ${workflowId} as closed`);
  }, IN_TIME);
}

const OURS = new Set<string>(SEARCH_ATTRIBUTE_NAMES);
