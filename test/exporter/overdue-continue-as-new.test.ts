import path from 'node:path';
import { NativeConnection, Worker } from '@temporalio/worker';
import { AgentObservabilityPlugin } from 'temporal-agent-observability';
import { expect, inject, test, vi } from 'vitest';
import { ClosedWatch } from '#lib/exporter/watches/closed';
import { OverdueWatch } from '#lib/exporter/watches/overdue';
import { quietRuntime } from '../support/quiet-runtime';
import { AgentNamespace, watching } from './watching';

test('a task that continued as new ten times is overdue by its start, not by that of its last run', async () => {
  const logger = quietRuntime();
  const address = inject('temporalAddress');
  const agents = await AgentNamespace.create(address, 'exporter-continued');
  const connection = await NativeConnection.connect({ address });
  const { namespace } = agents;
  const worker = await Worker.create({
    connection,
    namespace,
    taskQueue: 'continued',
    workflowsPath: path.join(import.meta.dirname, 'workflows/overdue.ts'),
    activities: { lookUp: async () => 'found' },
    plugins: [new AgentObservabilityPlugin({ metrics: 'off', content: 'off', logger })],
  });
  await worker.runUntil(async () => {
    const { workflow } = agents.client;
    const options = { taskQueue: 'continued', workflowId: 'continued' };
    const first = await workflow.start('longAgent', { ...options, args: [10, 'stays'] });
    const firstRun = await first.describe();
    const query = "AgentTaskType = 'longAgent'";
    await agents.seen(10, `${query} AND ExecutionStatus = 'ContinuedAsNew'`);
    const latest = workflow.getHandle('continued');
    const lastRun = await vi.waitFor(
      async () => {
        const description = await latest.describe();
        expect(description.status.name).toBe('RUNNING');
        expect(description.searchAttributes.AgentTaskStartedAt).toBeDefined();
        return description;
      },
      { timeout: 20_000, interval: 100 },
    );
    const startMs = firstRun.startTime.getTime();
    expect(lastRun.startTime.getTime()).toBeGreaterThan(startMs + 1000);

    // At this time the task is older than expected, and its last run is not.
    const nowMs = lastRun.startTime.getTime() + 60_000;
    const expectedMs = nowMs - startMs - 500;
    const exporter = watching(agents, OverdueWatch, { taskTypes: { longAgent: { expectedMs } } });
    await exporter.poll(['longAgent'], { nowMs });
    const label = 'task_type="longAgent"';
    expect(await exporter.values('workflows_overdue')).toEqual({ [label]: 1 });
    expect(await exporter.values('workflow_oldest_overdue_start_timestamp_seconds')).toEqual({
      [label]: startMs / 1000,
    });

    const younger = watching(agents, OverdueWatch, { taskTypes: { longAgent: { expectedMs: expectedMs + 1000 } } });
    await younger.poll(['longAgent'], { nowMs });
    expect(await younger.values('workflows_overdue')).toEqual({ [label]: 0 });

    // Of the eleven runs, one task has ended.
    const closed = watching(agents, ClosedWatch);
    await closed.poll([], { nowMs: startMs });
    await latest.terminate();
    await agents.seen(0, `${query} AND ExecutionStatus = 'Running'`);
    await closed.poll([], { nowMs: Date.now() + 10_000 });
    expect(await closed.values('workflow_duration_seconds_count')).toEqual({ [label]: 1 });
    const seconds = (await closed.values('workflow_duration_seconds_sum'))[label];
    expect(seconds).toBeGreaterThanOrEqual((lastRun.startTime.getTime() - startMs) / 1000);
  });
  await connection.close();
  await agents.close();
});
