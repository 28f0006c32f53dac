import { afterAll, beforeAll, expect, inject, test, vi } from 'vitest';
import { activities } from '../plugin/activities';
import { Effects, Server } from '../plugin/observed';
import { quietRuntime } from '../support/quiet-runtime';
import { createNamespace } from '../support/temporal-server';

const NAMESPACE = 'sandboxed-api';
const taskQueue = 'sandboxed-api';

const effects = new Effects();
let server: Server;

beforeAll(async () => {
  quietRuntime();
  await createNamespace(inject('temporalAddress'), NAMESPACE);
  server = await Server.connect(inject('temporalAddress'), NAMESPACE);
});
afterAll(async () => {
  await server.close();
  effects.remove();
});

const found = (workflowId: string) =>
  effects.findings('llm-in-workflow').filter((meta) => meta.workflowId === workflowId);

test('a workflow task that fails on what the sandbox lacks is explained, once, and other failures are left alone', async () => {
  const workflowsPath = require.resolve('./workflows/sandboxed.ts');
  await server.during({ taskQueue, workflowsPath, activities, plugins: [effects.plugin()] }, async () => {
    const start = (type: string) =>
      server.client.workflow.start(type, { workflowId: type, taskQueue, workflowTaskTimeout: '1s' });
    const copes = await start('copes');
    const refuses = await start('refuses');
    const stuck = await Promise.all(['mistaken', 'fetches', 'readsEnvironment', 'keepsWeakly'].map(start));

    await vi.waitFor(
      () => {
        expect(found('fetches')).toMatchObject([
          {
            api: 'fetch',
            severity: 'critical',
            workflowType: 'fetches',
            importedBy: expect.stringMatching(/test\/detectors\/workflows\/sandboxed\.ts:\d+$/),
          },
        ]);
        expect(found('readsEnvironment')).toMatchObject([{ api: 'process' }]);
        expect(found('keepsWeakly')).toMatchObject([{ api: 'WeakRef' }]);
      },
      { timeout: 20_000 },
    );
    expect(await copes.result()).toBe('coped');
    await expect(refuses.result()).rejects.toThrow();
    // A task that fails is retried at once, and later and later after that.
    await vi.waitFor(async () => {
      for (const handle of stuck) {
        const { pendingWorkflowTask } = (await handle.describe()).raw;
        expect(pendingWorkflowTask?.attempt).toBeGreaterThan(2);
      }
    }, 20_000);
    for (const handle of stuck) await handle.terminate();
  });

  for (const workflowId of ['fetches', 'readsEnvironment', 'keepsWeakly']) {
    expect(found(workflowId)).toHaveLength(1);
    const { findings } = await effects.records(NAMESPACE, workflowId);
    expect(findings).toMatchObject([{ id: 'llm-in-workflow', workflowId }]);
  }
  for (const workflowId of ['copes', 'refuses', 'mistaken']) expect(found(workflowId)).toEqual([]);
  expect(await effects.metric('findings_total', { finding: 'llm-in-workflow' })).toBe(3);
  expect(await effects.observerErrors()).toEqual({});
});
