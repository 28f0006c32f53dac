import { ExternalStorage, type Payload, type StorageDriver } from '@temporalio/common';
import { afterAll, beforeAll, expect, inject, test, vi } from 'vitest';
import { createNamespace } from '../support/temporal-server';
import { Agents, names } from './state/agents';

const NAMESPACE = 'detectors-state-transaction';

/** Keeps payloads in memory, as a store that all workers share would. */
class MemoryDriver implements StorageDriver {
  readonly name = 'memory';
  readonly type = 'memory';
  private readonly payloads: Payload[] = [];

  async store(_context: unknown, payloads: Payload[]) {
    return payloads.map((payload) => ({ claimData: { index: String(this.payloads.push(payload) - 1) } }));
  }

  async retrieve(_context: unknown, claims: { readonly claimData: Record<string, string> }[]): Promise<Payload[]> {
    return claims.map(({ claimData }) => this.payloads[Number(claimData.index)] ?? {});
  }
}

let agents: Agents;

beforeAll(async () => {
  const address = inject('temporalAddress');
  await createNamespace(address, NAMESPACE);
  agents = await Agents.start(address, NAMESPACE, {});
});

afterAll(() => agents?.close());

test('activities scheduled together with 2 MB of inputs are healthy', async () => {
  expect((await agents.execute('fanOut', 5, 400_000)).found).toEqual([]);
});

test('so are those with more, one after the other', async () => {
  expect((await agents.execute('agent', { calls: 10, chars: 400_000 })).found).toEqual([]);
});

test('near 4 MB together they are near the limit, though each is far below its own', async () => {
  const { found, status } = await agents.execute('fanOut', 8, 400_000);
  expect(status).toBe('COMPLETED');
  expect(names(found)).toEqual(['payload-near-limit warning']);
  expect(found[0]?.message).toContain('3.05 MiB of inputs before any codec, in 8 commands');
  expect(found[0]?.message).not.toContain('xx');
  expect(found[0]?.evidence).toMatchObject({ boundary: 'workflow_task', subject: 'fanOut', commands: 8 });
});

test('over 4 MB together it is critical, and said while the server refuses the task again and again', async () => {
  const handle = await agents.start('fanOut', 12, 400_000);
  try {
    await vi.waitFor(() => expect(agents.found(handle.workflowId)).toHaveLength(1), 30_000);
    await vi.waitFor(async () => {
      const { events } = await handle.fetchHistory();
      expect(events?.some(({ workflowTaskFailedEventAttributes: failed }) => failed != null)).toBe(true);
    }, 30_000);
  } finally {
    await handle.terminate();
  }
  expect(names(agents.found(handle.workflowId))).toEqual(['payload-near-limit critical']);
});

test('inputs that are kept outside history are no part of a transaction', async () => {
  const externalStorage = new ExternalStorage({ drivers: [new MemoryDriver()] });
  const storing = await Agents.start(inject('temporalAddress'), NAMESPACE, {}, { dataConverter: { externalStorage } });
  try {
    const { found, status } = await storing.execute('fanOut', 12, 400_000);
    expect(status).toBe('COMPLETED');
    expect(found).toEqual([]);
  } finally {
    await storing.close();
  }
});
