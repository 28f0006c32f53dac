import { Client, Connection } from '@temporalio/client';
import { SEARCH_ATTRIBUTES } from 'temporal-agent-observability';
import { inject, test } from 'vitest';
import { bundleAgents, temporaryDirectory } from '../rollout/support/bundles';
import { startWorkerProcess } from '../rollout/support/worker-process';
import { WRITES } from '../rollout/support/workers';
import { createNamespace, registerSearchAttributes } from '../support/temporal-server';

test('exp', async () => {
  const address = inject('temporalAddress');
  const namespace = 'exp';
  await createNamespace(address, namespace);
  await registerSearchAttributes(address, namespace, SEARCH_ATTRIBUTES);
  const bundle = await bundleAgents({ content: 'off', metrics: 'off' });
  const client = new Client({ connection: await Connection.connect({ address }), namespace });
  for (const [name, plugin, scrape, cached] of [
    ['all', { content: temporaryDirectory(), metrics: { port: 0 } }, true, 100],
    ['no scrape', { content: temporaryDirectory(), metrics: { port: 0 } }, false, 100],
    ['content only', { content: temporaryDirectory(), metrics: 'off' }, false, 100],
    ['none', { content: 'off', metrics: 'off' }, false, 100],
    ['plain', undefined, false, 100],
  ] as const) {
    const taskQueue = name;
    const w = await startWorkerProcess({ address, namespace, taskQueue, bundle, ...(plugin && { plugin: plugin as never }), worker: { maxCachedWorkflows: cached } });
    if (plugin) await w.logged(WRITES);
    await client.workflow.execute(name === 'content only' ? 'agent' : 'longAgent', { workflowId: name, taskQueue, args: name === 'content only' ? [2] : [2, 1] });
    if (scrape) {
      const { meta } = await w.logged('Agent observability: metrics are served');
      await (await fetch(String(meta?.address))).text();
    }
    const t = Date.now();
    await w.stop();
    console.log('STOP', name, Date.now() - t, w.log.slice(-4).map((l) => l.message));
  }
}, 120_000);
