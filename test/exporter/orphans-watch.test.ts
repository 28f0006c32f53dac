import { Client } from '@temporalio/client';
import { SEARCH_ATTRIBUTES } from 'temporal-agent-observability';
import { expect, inject, onTestFinished, test, vi } from 'vitest';
import type { Detected, Finding } from '#lib/definitions/finding';
import { TemporalDescriber } from '#lib/exporter/temporal-describer';
import { TemporalRequests } from '#lib/exporter/temporal-requests';
import { TemporalVisibility } from '#lib/exporter/temporal-visibility';
import { OrphansWatch } from '#lib/exporter/watches/orphans';
import { operator } from '../metrics/scrape';
import { createNamespace, registerSearchAttributes } from '../support/temporal-server';
import { startParentOf } from './orphans/support';
import { connect, FAST, runExporter, SOON, startAgent } from './support';

const address = inject('temporalAddress');

async function prepare(namespace: string) {
  await createNamespace(address, namespace);
  await registerSearchAttributes(address, namespace, SEARCH_ATTRIBUTES);
  const connection = await connect(address);
  const client = new Client({ connection, namespace });
  const stillThere = await startParentOf(client, 'open', { workflowIds: ['open/child'], taskType: 'kept' });
  const parent = await startParentOf(client, 'gone', { workflowIds: ['gone/1', 'gone/2'], taskType: 'left' });
  const handles = ['open/child', 'gone/1', 'gone/2'].map((id) => client.workflow.getHandle(id));
  onTestFinished(async () => {
    for (const handle of [stillThere, parent, ...handles]) await handle.terminate().catch(() => undefined);
  });
  return { namespace, connection, client, parent };
}

test('exports orphans of each task type, and reports each once; two exporters agree', async () => {
  const { namespace, connection, client, parent } = await prepare('exporter-orphans');
  await startAgent(client, 'alone', 'alone');
  const findings: Finding[] = [];
  const exporter = runExporter(namespace, { connection, record: (_, finding) => findings.push(finding) });
  for (const type of ['alone', 'kept', 'left']) await exporter.shows(`workflows_orphaned{task_type="${type}"}`, 0);
  await exporter.polls(2);
  expect(findings).toEqual([]);

  await parent.terminate();
  await exporter.shows('workflows_orphaned{task_type="left"}', 2);
  await vi.waitUntil(() => findings.length === 2, SOON);
  const second = runExporter(namespace, { connection });
  await second.polls(1);
  await exporter.polls(2);
  const gauges = async ({ read }: typeof second) => [...(await read())].filter(([key]) => /^workflows_orph/.test(key));
  expect(await gauges(second)).toEqual(await gauges(exporter));
  expect(await gauges(exporter)).toHaveLength(3);
  const { closeTime } = await parent.describe();
  expect(findings).toHaveLength(2);
  const { runId } = await client.workflow.getHandle('gone/1').describe();
  expect(findings.find(({ workflowId }) => workflowId === 'gone/1')).toMatchObject({
    id: 'orphaned-agent',
    severity: 'warning',
    message: `the run goes on, although its parent gone was terminated at ${closeTime?.toISOString()}`,
    cause: 'rawChild',
    runId,
    workflowType: 'rawChild',
    taskType: 'left',
    evidence: {
      parentWorkflowId: 'gone',
      parentRunId: parent.firstExecutionRunId,
      parentStatus: 'Terminated',
      parentClosedAt: closeTime?.toISOString(),
    },
  });

  await client.workflow.getHandle('gone/1').terminate();
  await exporter.shows('workflows_orphaned{task_type="left"}', 1);
  await client.workflow.getHandle('gone/2').terminate();
  await exporter.shows('workflows_orphaned{task_type="left"}', 0);
  expect([...exporter.errors, ...second.errors]).toEqual([]);
});

test('counts orphans whose finding is off, without reporting them', async () => {
  const { namespace, connection, parent } = await prepare('exporter-orphans-off');
  const findings: Finding[] = [];
  const config = { ...FAST, findings: { 'orphaned-agent': 'off' } } as const;
  const exporter = runExporter(namespace, { connection, config, record: (_, finding) => findings.push(finding) });
  await parent.terminate();
  await exporter.shows('workflows_orphaned{task_type="left"}', 2);
  await exporter.polls(3);
  expect(findings).toEqual([]);
});

test('reports a child only once it has outlived its parent by a poll', async () => {
  const { namespace, connection, parent } = await prepare('exporter-orphans-moment');
  await parent.terminate();
  const closedAtMs = (await parent.describe()).closeTime?.getTime() ?? 0;
  const exporter = runExporter(namespace, { connection });
  await exporter.shows('workflows_orphaned{task_type="left"}', 2);
  await exporter.exporter.stop();

  const findings: Detected[] = [];
  const gauges: unknown[] = [];
  const config = { ...FAST, pollIntervalMs: 30_000 };
  const watch = new OrphansWatch({
    namespace,
    config,
    visibility: new TemporalVisibility(connection, namespace),
    describer: new TemporalDescriber(new TemporalRequests(connection, { requestsPerSecond: 100 }), namespace),
    metrics: { setAll: (_: string, values: unknown) => gauges.push(values) } as never,
    logger: operator().logger,
    found: (finding) => findings.push(finding),
  });
  const poll = (nowMs: number) =>
    watch.poll({ nowMs, taskTypes: ['left'], running: new Map([['left', 2]]), attributes: new Set() });
  await poll(closedAtMs + 29_000);
  expect(findings).toEqual([]);
  await poll(closedAtMs + 30_000);
  expect(findings.map(({ workflowId }) => workflowId).sort()).toEqual(['gone/1', 'gone/2']);
  expect(gauges).toEqual(Array(2).fill([{ labels: { task_type: 'left' }, value: 2 }]));
});
