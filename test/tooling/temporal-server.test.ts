import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { Connection } from '@temporalio/client';
import { expect, inject, test, vi } from 'vitest';
import { createNamespace, registerSearchAttributes, startTemporalServer } from '../support/temporal-server';

test('gives a test file a namespace with search attributes of its own', async () => {
  const address = inject('temporalAddress');
  const namespace = 'tooling-own-namespace';
  await createNamespace(address, namespace);
  await registerSearchAttributes(address, namespace, [{ name: 'OnlyHere', type: 'Keyword' }]);

  const connection = await Connection.connect({ address });
  const count = (where: string) =>
    connection.workflowService.countWorkflowExecutions({ namespace: where, query: `OnlyHere = 'x'` });
  await expect(count(namespace)).resolves.toBeDefined();
  await expect(count('default')).rejects.toThrow('OnlyHere');
  await connection.close();
});

test('starts further servers with limits of their own and stops them', async () => {
  const server = await startTemporalServer({ dynamicConfig: { 'limit.maxIDLength': 5 }, namespaces: ['other'] });
  const connection = await Connection.connect({ address: server.address });
  const start = connection.workflowService.startWorkflowExecution({
    namespace: 'other',
    workflowId: 'longer than five',
    workflowType: { name: 'any' },
    taskQueue: { name: 'any' },
    requestId: 'any',
  });
  await expect(start).rejects.toThrow('length exceeds limit');
  await connection.close();

  await server.stop();
  await expect(Connection.connect({ address: server.address, connectTimeout: '1s' })).rejects.toThrow();
});

test('a server does not outlive a process that is killed', async () => {
  const module = new URL('../../scripts/temporal-server.mjs', import.meta.url).href;
  const script = `const { pid } = await (await import('${module}')).startTemporalServer(); console.log(pid); setInterval(() => {}, 1e6);`;
  const parent = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [chunk] = await once(parent.stdout, 'data');
  const pid = Number(String(chunk));
  expect(process.kill(pid, 0)).toBe(true);

  parent.kill('SIGKILL');
  await vi.waitFor(() => expect(() => process.kill(pid, 0)).toThrow('ESRCH'), { timeout: 10_000 });
});
