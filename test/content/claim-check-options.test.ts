import fs from 'node:fs';
import path from 'node:path';
import { ExternalStorage, type Payload, type StorageDriverClaim } from '@temporalio/common';
import { temporal } from '@temporalio/proto';
import { type ContentStore, claimCheck, LocalDirectoryStore } from 'temporal-agent-observability/content';
import { expect, onTestFinished, test } from 'vitest';
import { DirectorySweep } from '#lib/content/directory-sweep';
import { decodePayload, encodePayload } from '#lib/content/payload-bytes';
import { onProcessFinding, type ProcessFinding } from '#lib/definitions/finding-listeners';
import { filesBelow, temporaryDirectory } from './support';

const PayloadProto = temporal.api.common.v1.Payload;

function memoryStore(more: Partial<ContentStore> = {}): ContentStore & { readonly objects: Map<string, Uint8Array> } {
  const objects = new Map<string, Uint8Array>();
  return {
    objects,
    uriOf: (key) => `memory:${key}`,
    put: async (key, bytes) => void objects.set(key, bytes),
    get: async (key) => objects.get(key),
    has: async (key) => objects.has(key),
    delete: async (key) => void objects.delete(key),
    async *list() {},
    ...more,
  };
}

const payload = (text: string): Payload => ({
  metadata: { encoding: Buffer.from('json/plain') },
  data: Buffer.from(JSON.stringify(text)),
});

function driverOf(storage: ExternalStorage) {
  const [driver] = storage.drivers;
  if (driver === undefined) throw new Error('no driver');
  const target = { kind: 'workflow', namespace: 'default', id: 'w', runId: 'r', type: 'agent' } as const;
  return {
    store: async (text: string) => (await driver.store({ target }, [payload(text)]))[0] as StorageDriverClaim,
    retrieve: async (...claims: StorageDriverClaim[]) => driver.retrieve({}, claims),
  };
}

test('takes payloads from 256 KiB on, or from another size', () => {
  expect(claimCheck(memoryStore())).toBeInstanceOf(ExternalStorage);
  expect(claimCheck(memoryStore()).payloadSizeThreshold).toBe(256 * 1024);
  expect(claimCheck(memoryStore(), { payloadSizeThreshold: 1000 }).payloadSizeThreshold).toBe(1000);
});

test('refuses a local directory that is not declared as shared', () => {
  const store = new LocalDirectoryStore({ directory: temporaryDirectory() });
  expect(() => claimCheck(store)).toThrow('shared: expected true for a store in a local directory (file://');
  expect(() => claimCheck(store, { shared: false })).toThrow(TypeError);
  expect(claimCheck(store, { shared: true })).toBeInstanceOf(ExternalStorage);
});

test.each([
  [undefined, {}, 'store: expected a content store, such as a LocalDirectoryStore, got undefined'],
  ['/mnt/agents', {}, 'store: expected a content store, such as a LocalDirectoryStore, got "/mnt/agents"'],
  [{ uriOf: () => '' }, {}, 'store.put: expected a function, got undefined'],
  [memoryStore(), { shard: true }, 'claimCheck options: unknown option "shard"'],
  [memoryStore(), { shared: 'yes' }, 'shared: expected true or false, got "yes"'],
  [memoryStore(), { payloadSizeThreshold: -1 }, 'payloadSizeThreshold: expected a number of at least 0, got -1'],
])('refuses %j with %j', (store, options, message) => {
  expect(() => claimCheck(store as ContentStore, options as object)).toThrow(message);
});

test("stores payloads in Temporal's own wire format", () => {
  const big = { metadata: { encoding: Buffer.from('binary/plain'), a: Buffer.of() }, data: Buffer.alloc(70_000, 7) };
  const payloads: Payload[] = [payload('x'), big, { metadata: {}, data: Buffer.of() }, {}];
  for (const each of payloads) {
    const proto = PayloadProto.decode(encodePayload(each));
    expect(Buffer.from(proto.data)).toEqual(Buffer.from(each.data ?? []));
    expect(Object.keys(proto.metadata).sort()).toEqual(Object.keys(each.metadata ?? {}).sort());
    const written = PayloadProto.encode(PayloadProto.create(each)).finish();
    expect(PayloadProto.toObject(proto)).toEqual(PayloadProto.toObject(PayloadProto.decode(written)));
    const read = decodePayload(written);
    expect(Buffer.from(read.data ?? [])).toEqual(Buffer.from(each.data ?? []));
    expect(Buffer.from(read.metadata?.encoding ?? [])).toEqual(Buffer.from(each.metadata?.encoding ?? []));
  }
});

test('equal payloads of a namespace are one object, those of two namespaces are not', async () => {
  const store = memoryStore();
  const driver = claimCheck(store).drivers[0];
  for (const namespace of ['a', 'a', 'b']) {
    const target = { kind: 'workflow', namespace } as const;
    await driver?.store({ target }, [payload('same'), { ...payload('same') }]);
  }
  expect([...store.objects.keys()].map((key) => key.split('/')[1])).toEqual(['a', 'b']);
});

test('an object older than the store keeps payloads has expired, and is told of with its run', async () => {
  const told: ProcessFinding[] = [];
  onTestFinished(onProcessFinding((finding) => finding.namespace === 'default' && told.push(finding) > 0));
  const store = memoryStore({ payloadRetentionMs: 30 * 86_400_000 });
  const { store: put, retrieve } = driverOf(claimCheck(store));
  const claim = await put('x');
  store.objects.clear();
  await expect(retrieve(claim)).rejects.toMatchObject({ type: 'ClaimCheckMissing', nonRetryable: true });
  claim.claimData.storedAt = new Date(Date.now() - 31 * 86_400_000).toISOString();
  const expired = retrieve(claim);
  await expect(expired).rejects.toMatchObject({ type: 'ClaimCheckExpired', nonRetryable: true });
  await expect(expired).rejects.toThrow('the store keeps payloads for 30 days');
  const subject = { workflowId: 'w', runId: 'r', workflowType: 'agent', id: 'content-missing' };
  expect(told).toMatchObject([
    { ...subject, cause: 'missing' },
    { ...subject, cause: 'expired' },
  ]);
});

test('a worker of another namespace tells it without the run', async () => {
  const told: ProcessFinding[] = [];
  onTestFinished(onProcessFinding((finding) => finding.namespace === undefined && told.push(finding) > 0));
  const store = memoryStore();
  const { store: put, retrieve } = driverOf(claimCheck(store));
  const claim = await put('x');
  store.objects.clear();
  await expect(retrieve(claim)).rejects.toThrow();
  expect(told).toMatchObject([{ id: 'content-missing' }]);
  expect(told[0]).not.toHaveProperty('runId');
});

test.each([
  { key: 'records/default/w/r/1-1.json' },
  { key: 'payloads/../records/w' },
  { key: `payloads/../sha256/aa/${'a'.repeat(64)}` },
  { hashAlgorithm: 'md5' },
  { sizeBytes: 'many' },
  { storedAt: 'once' },
])('a reference made up by hand reads nothing: %j', async (forged) => {
  const read: string[] = [];
  const store = memoryStore({ get: async (key) => void read.push(key) });
  const { store: put, retrieve } = driverOf(claimCheck(store));
  const claim = await put('x');
  Object.assign(claim.claimData, forged);
  await expect(retrieve(claim)).rejects.toMatchObject({ type: 'ClaimCheckCorrupt', nonRetryable: true });
  expect(read).toEqual([]);
});

test('a store that does not answer is worth another try', async () => {
  const store = memoryStore({ get: () => Promise.reject(new Error('connection reset')) });
  const { store: put, retrieve } = driverOf(claimCheck(store));
  await expect(retrieve(await put('x'))).rejects.toMatchObject({
    type: 'ClaimCheckUnavailable',
    nonRetryable: false,
    message: expect.stringContaining('connection reset'),
  });
});

test('a directory keeps payloads whatever their age and size, closed to other users', async () => {
  const directory = temporaryDirectory();
  const store = new LocalDirectoryStore({ directory, maxBytes: 1, retentionMs: 1 });
  const { store: put, retrieve } = driverOf(claimCheck(store, { shared: true }));
  const claim = await put('kept');
  await store.put('content/a/sha256/aa/aa', Buffer.from('swept'));
  const [file = ''] = filesBelow(path.join(directory, 'payloads'));
  fs.utimesSync(file, 0, 0);
  await new DirectorySweep(directory, { maxBytes: 1, retentionMs: 1 }).run(Date.now() + 1000);
  expect(filesBelow(path.join(directory, 'content'))).toEqual([]);
  expect(await retrieve(claim)).toHaveLength(1);
  expect(fs.statSync(file).mode & 0o777).toBe(0o600);
  expect(fs.statSync(path.join(directory, 'payloads')).mode & 0o777).toBe(0o700);
});

test('a payload that was cut off is made whole when it is stored again', async () => {
  const directory = temporaryDirectory();
  const { store: put, retrieve } = driverOf(claimCheck(new LocalDirectoryStore({ directory }), { shared: true }));
  const claim = await put('x'.repeat(1000));
  const [file = ''] = filesBelow(path.join(directory, 'payloads'));
  fs.truncateSync(file, 10);
  await expect(retrieve(claim)).rejects.toThrow('it has 10 of');
  await put('x'.repeat(1000));
  expect(await retrieve(claim)).toHaveLength(1);
});
