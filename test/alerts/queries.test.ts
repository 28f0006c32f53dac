import { Client, Connection } from '@temporalio/client';
import { defineSearchAttributeKey, TypedSearchAttributes } from '@temporalio/common';
import { SEARCH_ATTRIBUTES } from 'temporal-agent-observability';
import { afterAll, beforeAll, expect, inject, test, vi } from 'vitest';
import { createNamespace, registerSearchAttributes } from '../support/temporal-server';
import { ALERTS } from './support';

const NAMESPACE = 'alerts-queries';
// SQL visibility does not find double quotes and backslashes, however they are written.
const LABELS: Readonly<Record<string, string>> = { task_type: "it's", model: "o'model" };
const QUERIES = ALERTS.flatMap(({ alert, query }) => (query === undefined ? [] : [{ alert, query }]));

let client: Client;

beforeAll(async () => {
  const address = inject('temporalAddress');
  await createNamespace(address, NAMESPACE);
  await registerSearchAttributes(address, NAMESPACE, SEARCH_ATTRIBUTES);
  client = new Client({ connection: await Connection.connect({ address }), namespace: NAMESPACE });
  const run = (workflowId: string, taskType: string, model: string) =>
    client.workflow.start('agent', {
      workflowId,
      taskQueue: 'nobody',
      typedSearchAttributes: new TypedSearchAttributes([
        { key: defineSearchAttributeKey('AgentTaskType', 'KEYWORD'), value: taskType },
        { key: defineSearchAttributeKey('AgentModel', 'KEYWORD'), value: model },
        { key: defineSearchAttributeKey('AgentApprovalState', 'KEYWORD'), value: 'escalated' },
      ]),
    });
  await run('affected', LABELS.task_type ?? '', `${LABELS.model}-2026-01-01`);
  await run('another', 'another', 'another');
});

afterAll(() => client.connection.close());

test.each(QUERIES)('the query of $alert finds the runs of its labels and no others', async ({ query }) => {
  // As Prometheus does with `reReplaceAll`: what quotes and escapes is escaped.
  const filled = query.replaceAll(/\{\{ \$labels\.(\w+) \| reReplaceAll .*? \}\}/g, (_, label: string) =>
    (LABELS[label] ?? '').replaceAll(/([\\'])/g, '\\$1'),
  );
  expect(filled).not.toContain('{{');
  await vi.waitFor(
    async () => {
      const found: string[] = [];
      for await (const { workflowId } of client.workflow.list({ query: filled })) found.push(workflowId);
      expect(found).toEqual(['affected']);
    },
    { timeout: 20_000, interval: 250 },
  );
});
