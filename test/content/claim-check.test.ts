import { fork } from 'node:child_process';
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import { Client } from '@temporalio/client';
import type { DataConverter, Payload, PayloadCodec } from '@temporalio/common';
import { temporal } from '@temporalio/proto';
import { bundleWorkflowCode, Worker, type WorkflowBundleWithSourceMap } from '@temporalio/worker';
import { type ContentStore, claimCheck, LocalDirectoryStore } from 'temporal-agent-observability/content';
import { afterAll, afterEach, beforeAll, beforeEach, expect, inject, test } from 'vitest';
import { cli } from '../cli/support/cli';
import { Effects, Server } from '../plugin/observed';
import { quietRuntime } from '../support/quiet-runtime';
import { createNamespace } from '../support/temporal-server';
import { activities } from './claim-check-activities';
import { everythingBelow, filesBelow, temporaryDirectory, until } from './support';
import { goOn, measureInput, relay, relayLater } from './workflows';

const NAMESPACE = 'Claim-Check';
const MIB = 1024 * 1024;

let server: Server;
let workflowBundle: WorkflowBundleWithSourceMap;
let directory: string;
let effects: Effects;
let queues = 0;
let taskQueue: string;

beforeAll(async () => {
  quietRuntime();
  const address = inject('temporalAddress');
  await createNamespace(address, NAMESPACE);
  server = await Server.connect(address, NAMESPACE);
  const workflowsPath = require.resolve('./workflows/index.ts');
  const bundling = new Effects();
  workflowBundle = await bundleWorkflowCode({ workflowsPath, plugins: [bundling.plugin()], logger: quietRuntime() });
  bundling.remove();
});

afterAll(() => server.close());

beforeEach(() => {
  effects = new Effects();
  taskQueue = `claim-check-${++queues}`;
  directory = temporaryDirectory();
});

afterEach(() => effects.remove());

const checked = (more: DataConverter = {}, store: ContentStore = new LocalDirectoryStore({ directory })) => ({
  externalStorage: claimCheck(store, { shared: true }),
  ...more,
});

const objects = (): string[] => {
  const payloads = path.join(directory, 'payloads');
  return fs.existsSync(payloads) ? filesBelow(payloads) : [];
};

/** A store that is another in some points. */
const storeWith = (store: ContentStore, other: Partial<ContentStore>): ContentStore => ({
  uriOf: (key) => store.uriOf(key),
  put: (key, bytes) => store.put(key, bytes),
  get: (key) => store.get(key),
  has: (key) => store.has(key),
  list: (prefix) => store.list(prefix),
  delete: (key) => store.delete(key),
  ...other,
});

const payloadFindings = (): unknown[] => effects.logger.lines.filter(({ meta }) => meta.finding !== undefined);

/** A worker and a client with the plugin and these data converters, for as long as `use` takes. */
async function during<T>(
  {
    worker,
    client = worker,
    maxCachedWorkflows = 0,
  }: { worker: DataConverter; client?: DataConverter; maxCachedWorkflows?: number },
  use: (client: Client) => Promise<T>,
): Promise<T> {
  const plugins = [effects.plugin()];
  const workerOptions = {
    taskQueue,
    workflowBundle,
    activities,
    plugins,
    dataConverter: worker,
    maxCachedWorkflows,
  };
  const { connection } = server.client;
  return server.during(workerOptions, () =>
    use(new Client({ connection, namespace: NAMESPACE, plugins, dataConverter: client })),
  );
}

/** The innermost error. */
function rootOf(error: unknown): Error & { type?: string; nonRetryable?: boolean } {
  const { cause } = error as Error;
  return cause instanceof Error ? rootOf(cause) : (error as Error);
}

const failure = (promise: Promise<unknown>) =>
  promise.then(
    () => expect.fail('it succeeded'),
    (error: unknown) => rootOf(error),
  );

const historyOf = (workflowId: string) => server.client.workflow.getHandle(workflowId).fetchHistory();

test('a model result of 3 MiB completes, is read back whole and leaves a reference in history', async () => {
  const dataConverter = checked();
  const result = await during({ worker: dataConverter }, async (client) =>
    client.workflow.execute(relay, { workflowId: 'relay', taskQueue, args: [3 * MIB] }),
  );
  expect(result).toEqual({ text: await activities.produce(3 * MIB), seen: 3 * MIB });
  // The text, once as result and input alike, and the result of the run.
  expect(objects()).toHaveLength(2);
  const history = JSON.stringify(await historyOf('relay'));
  expect(history.length).toBeLessThan(64 * 1024);
  for (const file of objects()) {
    expect(path.relative(directory, file)).toMatch(
      /^payloads\/claim-check~[0-9a-f]+\/sha256\/|^payloads\/Claim-Check~/,
    );
  }
  expect(payloadFindings()).toEqual([]);
  expect(await effects.observerErrors()).toEqual({});

  const where = ['--address', server.address, '--namespace', NAMESPACE, '--content-dir', path.join(directory, 'none')];
  expect((await cli('explain', 'relay', ...where)).out).toContain('cannot be read here (in external storage)');

  await Worker.runReplayHistory({ workflowBundle, dataConverter }, await historyOf('relay'), 'relay');
});

test('without it the same agent fails, and is told of', async () => {
  const error = await during({ worker: {} }, async (client) =>
    failure(client.workflow.execute(relay, { workflowId: 'inline', taskQueue, args: [3 * MIB] })),
  );
  expect(error.message).toContain('exceeds size limit');
  expect(effects.findings('payload-over-limit')).toHaveLength(1);
});

test('a client starts a workflow with an input over the limit', async () => {
  const seen = await during({ worker: checked() }, (client) =>
    client.workflow.execute(measureInput, { workflowId: 'input', taskQueue, args: ['x'.repeat(3 * MIB)] }),
  );
  expect(seen).toBe(3 * MIB);
  expect(payloadFindings()).toEqual([]);
});

test('small payloads stay in history, and many of them are still found too large', async () => {
  const args = Array.from({ length: 3 }, () => 'x'.repeat(200 * 1024));
  await during({ worker: checked() }, (client) =>
    client.workflow.execute(measureInput, { workflowId: 'many', taskQueue, args: args as [string] }),
  );
  expect(effects.findings('payload-near-limit')).toMatchObject([{ boundary: 'workflow_input', workflowId: 'many' }]);
});

class Encryption implements PayloadCodec {
  private readonly key = randomBytes(32);

  async encode(payloads: Payload[]): Promise<Payload[]> {
    return payloads.map((payload) => {
      const iv = randomBytes(12);
      const cipher = createCipheriv('aes-256-gcm', this.key, iv);
      const plain = temporal.api.common.v1.Payload.encode(payload).finish();
      const data = Buffer.concat([iv, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
      return { metadata: { encoding: Buffer.from('binary/encrypted') }, data };
    });
  }

  async decode(payloads: Payload[]): Promise<Payload[]> {
    return payloads.map(({ data }) => {
      const bytes = Buffer.from(data ?? []);
      const decipher = createDecipheriv('aes-256-gcm', this.key, bytes.subarray(0, 12));
      decipher.setAuthTag(bytes.subarray(-16));
      const plain = Buffer.concat([decipher.update(bytes.subarray(12, -16)), decipher.final()]);
      return temporal.api.common.v1.Payload.decode(plain);
    });
  }
}

test('what a codec encrypts is stored encrypted', async () => {
  const dataConverter = checked({ payloadCodecs: [new Encryption()] });
  const { seen } = await during({ worker: dataConverter }, (client) =>
    client.workflow.execute(relay, { workflowId: 'encrypted', taskQueue, args: [MIB] }),
  );
  expect(seen).toBe(MIB);
  expect(objects().length).toBeGreaterThanOrEqual(3);
  expect(everythingBelow(path.join(directory, 'payloads'))).not.toContain('abcdefghabcdefgh');
});

test('two processes share a volume', async () => {
  const code = path.join(temporaryDirectory(), 'bundle.js');
  fs.writeFileSync(code, workflowBundle.code);
  const worker = fork(require.resolve('./fixtures/claim-check-worker.cjs'), [
    server.address,
    NAMESPACE,
    taskQueue,
    code,
    directory,
  ]);
  await once(worker, 'message');
  const { connection } = server.client;
  const client = new Client({ connection, namespace: NAMESPACE, dataConverter: checked() });
  const seen = await client.workflow.execute(measureInput, { workflowId: 'far', taskQueue, args: ['x'.repeat(MIB)] });
  const { text } = await client.workflow.execute(relay, { workflowId: 'far-back', taskQueue, args: [3 * MIB] });
  const ended = once(worker, 'exit');
  worker.send('stop');
  expect([seen, text.length, (await ended)[0]]).toEqual([MIB, 3 * MIB, 0]);
});

const damages = {
  missing: (file: string) => fs.rmSync(file),
  truncated: (file: string) => fs.truncateSync(file, 1000),
  corrupt: (file: string) => fs.writeFileSync(file, Buffer.alloc(fs.statSync(file).size, 'x')),
};

test.each([
  ['missing', 'ClaimCheckMissing', 'is not in the store'],
  ['truncated', 'ClaimCheckCorrupt', 'it has 1000 of'],
  ['corrupt', 'ClaimCheckCorrupt', 'its bytes are not those that were stored'],
] as const)('a client that reads a %s result gets a failure that names the key', async (how, type, words) => {
  const error = await during({ worker: checked() }, async (client) => {
    const handle = await client.workflow.start(relay, { workflowId: `read-${how}`, taskQueue, args: [MIB] });
    await handle.result();
    for (const file of objects()) damages[how](file);
    return failure(handle.result());
  });
  expect(error).toMatchObject({ type, nonRetryable: true });
  expect(error.message).toContain(words);
  expect(error.message).toMatch(/payloads\/\S+\/sha256\/\w\w\/\w{64}/);
  expect(error.message).toContain('Restore the object');
  expect(effects.findings('content-missing')).toMatchObject([
    { severity: 'critical', workflowType: 'relay', workflowId: `read-${how}`, runId: expect.any(String) },
  ]);
});

test('an activity whose input is gone fails for good, with the cause in history', async () => {
  const store = new LocalDirectoryStore({ directory });
  // Stands for a life cycle rule that takes the object between two tasks.
  const losing = storeWith(store, {
    put: async (key, bytes) => {
      await store.put(key, bytes);
      await store.delete(key);
    },
  });
  const error = await during({ worker: checked({}, losing), client: checked(), maxCachedWorkflows: 10 }, (client) =>
    failure(client.workflow.execute(measureInput, { workflowId: 'activity', taskQueue, args: ['x'.repeat(MIB)] })),
  );
  expect(error).toMatchObject({ type: 'ClaimCheckMissing', nonRetryable: true });
  const { events } = await historyOf('activity');
  const started = events?.filter((event) => event.activityTaskStartedEventAttributes != null);
  expect(started?.map((event) => event.activityTaskStartedEventAttributes?.attempt)).toEqual([1]);
});

test('a workflow whose payload is gone waits in a failing task, and goes on when it is restored', async () => {
  const saved = temporaryDirectory();
  await during({ worker: checked() }, async (client) => {
    const handle = await client.workflow.start(relayLater, { workflowId: 'replayed', taskQueue, args: [MIB] });
    await until(() => objects().length > 0, 'the result is stored');
    await until(async () => {
      const { events = [] } = await handle.fetchHistory();
      const hasResult = events?.some((event) => event.activityTaskCompletedEventAttributes != null);
      return hasResult === true && events?.at(-1)?.workflowTaskCompletedEventAttributes != null;
    }, 'the workflow waits');
    fs.cpSync(path.join(directory, 'payloads'), saved, { recursive: true });
    for (const file of objects()) fs.rmSync(file);
    await handle.signal(goOn);
    await until(() => effects.findings('content-missing').length > 0, 'the finding');
    const { events } = await handle.fetchHistory();
    const failed = events?.findLast((event) => event.workflowTaskFailedEventAttributes != null);
    expect(failed?.workflowTaskFailedEventAttributes?.failure).toMatchObject({
      message: expect.stringContaining('is not in the store'),
      applicationFailureInfo: { type: 'ClaimCheckMissing' },
    });
    expect((await handle.describe()).status.name).toBe('RUNNING');
    fs.cpSync(saved, path.join(directory, 'payloads'), { recursive: true });
    expect(await handle.result()).toBe(MIB);
  });
  expect(effects.findings('content-missing')).toMatchObject([{ workflowId: 'replayed' }]);
});

test('a store that fails makes the call fail, and succeeds when it is tried again', async () => {
  const store = new LocalDirectoryStore({ directory });
  let failures = 2;
  const flaky = storeWith(store, {
    put: async (key, bytes) => {
      if (failures-- > 0) throw new Error('the volume is not there');
      await store.put(key, bytes);
    },
  });
  await during({ worker: checked({}, flaky), client: checked() }, async (client) => {
    const { seen } = await client.workflow.execute(relay, { workflowId: 'flaky', taskQueue, args: [MIB] });
    expect(seen).toBe(MIB);
    failures = 1;
    const { connection } = server.client;
    const failing = new Client({ connection, namespace: NAMESPACE, dataConverter: checked({}, flaky) });
    const start = failing.workflow.start(measureInput, { workflowId: 'refused', taskQueue, args: ['x'.repeat(MIB)] });
    await expect(start).rejects.toMatchObject({
      cause: { type: 'ClaimCheckUnavailable', message: expect.stringContaining('the volume is not there') },
    });
  });
});
