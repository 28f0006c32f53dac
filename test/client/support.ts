/**
 * What a start has put on a workflow, as the server has it.
 *
 * @module
 */

import type { Client, WorkflowHandle } from '@temporalio/client';
import { defaultPayloadConverter } from '@temporalio/common';
import type { temporal } from '@temporalio/proto';
import { readAgentHeader } from '#lib/definitions/agent-header';

type Payloads = { readonly [key: string]: temporal.api.common.v1.IPayload } | null | undefined;

export interface Named {
  readonly header: Readonly<Record<string, unknown>>;
  readonly attributes: Readonly<Record<string, unknown>>;
}

/** Header and search attributes of a run's first event. */
export async function namesOf(handle: Pick<WorkflowHandle, 'fetchHistory'>): Promise<Named> {
  const { events } = await handle.fetchHistory();
  const started = events?.[0]?.workflowExecutionStartedEventAttributes;
  return named(started?.header?.fields, started?.searchAttributes?.indexedFields);
}

/** Header and search attributes of the starts that a schedule will make. */
export async function namesOfSchedule(client: Client, scheduleId: string): Promise<Named> {
  const { namespace } = client.options;
  const { schedule } = await client.workflowService.describeSchedule({ namespace, scheduleId });
  const start = schedule?.action?.startWorkflow;
  return named(start?.header?.fields, start?.searchAttributes?.indexedFields);
}

function named(header: Payloads, indexedFields: Payloads): Named {
  const attributes = Object.entries(indexedFields ?? {}).map(([name, payload]) => {
    return [name, defaultPayloadConverter.fromPayload(payload)];
  });
  return { header: { ...readAgentHeader(header ?? {}) }, attributes: Object.fromEntries(attributes) };
}
