import { Client } from '@temporalio/client';
import { SEARCH_ATTRIBUTES } from 'temporal-agent-observability';
import { expect, inject, onTestFinished, test } from 'vitest';
import { createNamespace, registerSearchAttributes } from '../support/temporal-server';
import { connect, runExporter, startAgent } from './support';

const address = inject('temporalAddress');

async function prepare(namespace: string) {
  await createNamespace(address, namespace);
  await registerSearchAttributes(address, namespace, SEARCH_ATTRIBUTES);
  const connection = await connect(address);
  return { namespace, connection, client: new Client({ connection, namespace }) };
}

test('counts running agents of each task type, new types included, and goes back when they end', async () => {
  const { namespace, connection, client } = await prepare('exporter-running');
  const runs = [await startAgent(client, 'research', 'r-1'), await startAgent(client, 'research', 'r-2')];
  const { shows, polls, read, who, exporter } = runExporter(namespace, { connection });
  await shows('workflows_running{task_type="research"}', 2);
  runs.push(await startAgent(client, "it's new", 'n-1'));
  await shows('workflows_running{task_type="it\'s new"}', 1);
  for (const run of runs) await run.terminate();
  await shows('workflows_running{task_type="research"}', 0);
  await shows('workflows_running{task_type="it\'s new"}', 0);
  await polls(2);
  const found = await read();
  expect(
    [...found.keys()].filter((key) => key.startsWith('exporter_errors_total')).map((key) => found.get(key)),
  ).toEqual(Array(8).fill(0));
  expect(who.errors).toEqual([]);
  expect(who.lines).toEqual([]);
  expect(exporter.status()).toMatchObject({ ready: true });
});
