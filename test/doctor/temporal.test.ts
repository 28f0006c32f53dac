import { Client } from '@temporalio/client';
import { SEARCH_ATTRIBUTES } from 'temporal-agent-observability';
import { expect, inject, onTestFinished, test, vi } from 'vitest';
import { startDenyingProxy } from '../cli/support/denying-proxy';
import { connect, SOON, startAgent } from '../exporter/support';
import { startAnnouncingProxy } from '../support/announcing-proxy';
import { createNamespace, registerSearchAttributes } from '../support/temporal-server';
import { doctor } from './support';

const address = inject('temporalAddress');
const ALONE = ['--worker-metrics', 'off', '--exporter', 'off'];

async function namespaceOf(
  name: string,
  attributes: Parameters<typeof registerSearchAttributes>[2] = SEARCH_ATTRIBUTES,
) {
  const namespace = `doctor-${name}`;
  await createNamespace(address, namespace);
  if (attributes.length > 0) await registerSearchAttributes(address, namespace, attributes);
  return namespace;
}

test('a namespace that has everything, and an agent, is in order', async () => {
  const namespace = await namespaceOf('healthy');
  const client = new Client({ connection: connect(address), namespace });
  const run = await startAgent(client, 'research', 'seen');
  onTestFinished(async () => void (await run.terminate()));
  await vi.waitUntil(async () => (await client.workflow.count('AgentTaskType = "research"')).count > 0, SOON);

  const { exitCode, report, check, all } = await doctor('--address', address, '--namespace', namespace, ...ALONE);
  expect(all('problem')).toEqual([]);
  expect(all('warning')).toEqual([]);
  expect(exitCode).toBe(0);
  expect(all('ok')).toEqual(
    expect.arrayContaining(
      ['server', 'namespace', 'limits', 'search-attributes', 'agents'].map((name) => `temporal/${name}`),
    ),
  );
  expect(check('temporal/server')?.message).toMatch(/Temporal \d+\.\d+\.\d+ at 127/);
  expect(check('temporal/agents')?.message).toBe('1 run is an agent, 1 of them running');
  expect(all('skipped')).toEqual(
    ['worker', 'exporter', 'prometheus', 'alertmanager', 'grafana'].map((part) => `${part}/reachable`),
  );
  expect(check('prometheus/reachable')?.fix).toContain('--prometheus <url>');
  expect(report.summary).toMatchObject({ problem: 0, warning: 0, skipped: 5 });
});

test('attributes that are missing are a problem, mended by setup; those left out on purpose are none', async () => {
  const namespace = await namespaceOf('missing', SEARCH_ATTRIBUTES.slice(0, 8));
  const { exitCode, check } = await doctor('--address', address, '--namespace', namespace, ...ALONE);
  expect(exitCode).toBe(1);
  const { status, message, fix } = check('temporal/search-attributes') ?? {};
  expect(status).toBe('problem');
  expect(message).toContain('AgentApprovalState, AgentApprovalDueAt');
  expect(message).not.toContain('AgentTaskType');
  expect(fix).toContain(`temporal-agent-observability setup --address ${address} --namespace ${namespace}`);

  const without = ['--without', 'AgentApprovalState,AgentApprovalDueAt'];
  const chosen = await doctor('--address', address, '--namespace', namespace, ...ALONE, ...without);
  expect(chosen.exitCode).toBe(0);
  expect(chosen.check('temporal/search-attributes')?.message).toBe('8 of 8 search attributes are registered');
});

test('an attribute of another type is a problem, and agents are then not asked for by it', async () => {
  const namespace = await namespaceOf('mistyped', [{ name: 'AgentTaskType', type: 'Int' }]);
  const { exitCode, check } = await doctor(
    '--address',
    address,
    '--namespace',
    namespace,
    '--only',
    'AgentTaskType',
    ...ALONE,
  );
  expect(exitCode).toBe(1);
  expect(check('temporal/search-attribute-types')).toMatchObject({
    status: 'problem',
    message: expect.stringContaining('AgentTaskType is Int and must be Keyword'),
    fix: expect.stringContaining('temporal operator search-attribute remove'),
  });
  expect(check('temporal/agents')?.status).toBe('skipped');
});

test('runs of which none is an agent are a warning', async () => {
  const namespace = await namespaceOf('no-agent');
  const client = new Client({ connection: connect(address), namespace });
  const run = await client.workflow.start('plain', { taskQueue: 'no-worker', workflowId: 'plain' });
  onTestFinished(async () => void (await run.terminate()));
  await vi.waitUntil(async () => (await client.workflow.count()).count > 0, SOON);
  const { exitCode, check } = await doctor('--address', address, '--namespace', namespace, ...ALONE);
  expect(exitCode).toBe(0);
  expect(check('temporal/agents')).toMatchObject({
    status: 'warning',
    message: 'none of 1 run carries AgentTaskType: no agent is seen',
  });
});

test.each([
  ['ListWorkflowExecutions', 'list'],
  ['CountWorkflowExecutions', 'count'],
  ['DescribeWorkflowExecution', 'describe'],
])('without permission for %s says so, and goes on', async (method, what) => {
  const namespace = await namespaceOf(`denied-${what}`);
  const proxy = await startDenyingProxy(address, [method]);
  onTestFinished(() => proxy.close());
  const { exitCode, all, check } = await doctor('--address', proxy.address, '--namespace', namespace, ...ALONE);
  expect(exitCode).toBe(1);
  expect(all('problem')).toEqual([`temporal/permission-to-${what}`]);
  expect(check(`temporal/permission-to-${what}`)?.message).toContain('Request unauthorized');
});

test('a payload limit below the default is a warning', async () => {
  const namespace = await namespaceOf('limits');
  const proxy = await startAnnouncingProxy(address, 1024 * 1024);
  onTestFinished(() => proxy.close());
  const { check } = await doctor('--address', proxy.address, '--namespace', namespace, ...ALONE);
  expect(check('temporal/limits')).toMatchObject({ status: 'warning', message: expect.stringContaining('1.00 MiB') });
});

test('a namespace that is not there is a problem, and nothing more is asked of it', async () => {
  const { exitCode, all } = await doctor('--address', address, '--namespace', 'doctor-nowhere', ...ALONE);
  expect(exitCode).toBe(1);
  expect(all('problem')).toEqual(['temporal/namespace']);
  expect(all('ok')).toEqual(['temporal/server']);
});
