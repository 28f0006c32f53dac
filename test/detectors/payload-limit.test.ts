import { afterAll, beforeAll, expect, test } from 'vitest';
import { ActivityWorker } from '../activity/support';
import { startTemporalServer } from '../support/temporal-server';

const KIB = 1024;
const WARNING = 50 * KIB;
const LIMIT = 100 * KIB;

let server: Awaited<ReturnType<typeof startTemporalServer>>;
let worker: ActivityWorker;

beforeAll(async () => {
  server = await startTemporalServer({
    dynamicConfig: { 'limit.blobSize.warn': WARNING, 'limit.blobSize.error': LIMIT },
  });
  const activities = { produce: async (bytes: number) => 'x'.repeat(bytes - 2) };
  const thresholds = { payloadWarningBytes: WARNING, payloadLimitBytes: LIMIT };
  worker = await ActivityWorker.start(server.address, 'payload-limit', activities, { plugin: { thresholds } });
});

afterAll(async () => {
  await worker?.close();
  await server?.stop();
});

/** How a call of that many bytes ended, and what was found about it. */
async function produce(bytes: number) {
  const { error, findings } = await worker.call('produce', [bytes]);
  return { isRefused: error !== undefined, findings: findings.map(({ id, evidence }) => [id, evidence?.bytes]) };
}

test('on a server with a lower limit the warning comes before what the server refuses', async () => {
  expect(await produce(WARNING - KIB)).toEqual({ isRefused: false, findings: [] });
  const near = LIMIT - KIB;
  expect(await produce(near)).toEqual({ isRefused: false, findings: [['payload-near-limit', near]] });
  const over = LIMIT + KIB;
  expect(await produce(over)).toEqual({ isRefused: true, findings: [['payload-over-limit', over]] });
});
