import { Client, Connection } from '@temporalio/client';
import { SEARCH_ATTRIBUTES } from 'temporal-agent-observability';
import { inject, test } from 'vitest';
import { createNamespace, registerSearchAttributes } from '../support/temporal-server';
import { bundleAgents } from './support/bundles';
import { startWorkerProcess } from './support/worker-process';

test('exp', async () => {
  const address = inject('temporalAddress');
  const namespace = 'exp';
  await createNamespace(address, namespace);
  await registerSearchAttributes(address, namespace, SEARCH_ATTRIBUTES);
  const [plain, observed] = await Promise.all([bundleAgents(), bundleAgents({ content: 'off', metrics: 'off' })]);
  const client = new Client({ connection: await Connection.connect({ address }), namespace });
  for (const [op, polls] of [[3, 1], [5, 1]] as const) {
  const taskQueue = `mixed-${op}-${polls}`;
  const common = { address, namespace, taskQueue, worker: { maxCachedWorkflows: 0 } };
  const a = await startWorkerProcess({ ...common, bundle: observed, plugin: { content: 'off', metrics: 'off' }, worker: { maxCachedWorkflows: 0 }, workers: op });
  const b = await startWorkerProcess({ ...common, bundle: plain, worker: { maxCachedWorkflows: 0 }});
  await a.logged('Agent observability: new runs write search attributes');
  const t2 = Date.now();
  const handles = await Promise.all(Array.from({ length: 8 }, (_, i) => client.workflow.start('agent', { workflowId: `${taskQueue}-${i}`, taskQueue, args: [4], workflowTaskTimeout: '1 second' })));
  await Promise.all(handles.map(async (h) => { 
    await h.result(); const time = Date.now() - t2; 
    const { events } = await h.fetchHistory();
    const out: string[] = [];
    for (const e of events ?? []) {
      const at = Number(e.eventTime?.seconds) * 1000 + Number(e.eventTime?.nanos) / 1e6 - t2;
      const a = e.workflowTaskFailedEventAttributes ?? e.workflowTaskTimedOutEventAttributes;
      if (a) out.push(`F@${at | 0}:${(a as any).identity ?? 'timeout'}`);
      if (e.workflowTaskCompletedEventAttributes) out.push(`C@${at | 0}:${e.workflowTaskCompletedEventAttributes.identity?.slice(0,3)}`);
    }
    console.log(polls, time, out.join(' '));
  }));
  console.log(b.log.filter((l) => l.level === 'WARN').length);
  await Promise.all([a.stop(), b.stop()]);
  }
  await client.connection.close();
}, 120_000);
