import { afterAll, afterEach, beforeAll, expect, inject, test } from 'vitest';
import { PAYLOAD_LIMIT_BYTES, PAYLOAD_WARN_BYTES } from '#lib/definitions/limits';
import { ActivityWorker } from './support';

const activities = {
  produce: async (bytes: number) => 'x'.repeat(bytes - 2),
  consume: async (text: string) => text.length,
  'docs-callTool': async (call: { readonly toolName: string; readonly bytes: number }) => 'x'.repeat(call.bytes - 2),
};

let worker: ActivityWorker;

beforeAll(async () => {
  worker = await ActivityWorker.start(inject('temporalAddress'), 'activity-payloads', activities);
});

afterAll(() => worker.close());

const logged = () => worker.effects.logger.lines.filter(({ meta }) => String(meta.finding).startsWith('payload-'));
const counted = (finding: string) => worker.effects.metric('findings_total', { finding });

afterEach(() => {
  expect(JSON.stringify(logged())).not.toContain('xxx');
  worker.effects.logger.lines.splice(0);
});

test('a result below 512 KiB is no finding', async () => {
  const { findings } = await worker.call('produce', [PAYLOAD_WARN_BYTES - 1]);
  expect([findings, logged()]).toEqual([[], []]);
});

test('a result of 512 KiB is near the limit: logged, counted and recorded once per run and cause', async () => {
  const before = await counted('payload-near-limit');
  const { findings, workflowId, runId } = await worker.call('produce', [PAYLOAD_WARN_BYTES], { times: 3 });
  const evidence = { boundary: 'activity_result', subject: 'produce', bytes: PAYLOAD_WARN_BYTES };
  expect(logged()).toMatchObject([
    { level: 'WARN', meta: { finding: 'payload-near-limit', severity: 'warning', workflowId, runId, ...evidence } },
  ]);
  expect(logged()[0]?.message).toContain(
    'result of activity produce has 512.0 KiB before any codec, the limit is 2.00 MiB',
  );
  expect(findings).toMatchObject([
    { id: 'payload-near-limit', severity: 'warning', workflowId, runId, taskType: 'call', evidence },
  ]);
  expect(await counted('payload-near-limit')).toBe(before + 1);

  const next = await worker.call('produce', [PAYLOAD_WARN_BYTES]);
  expect(next.findings).toHaveLength(1);
  expect(await counted('payload-near-limit')).toBe(before + 2);
});

test('a result of 2 MiB is over the limit', async () => {
  const { error, findings } = await worker.call('produce', [PAYLOAD_LIMIT_BYTES]);
  expect(error).toBeDefined();
  expect(findings).toMatchObject([
    { id: 'payload-over-limit', severity: 'critical', evidence: { bytes: PAYLOAD_LIMIT_BYTES } },
  ]);
  expect(logged()).toMatchObject([{ level: 'ERROR', meta: { finding: 'payload-over-limit' } }]);
  expect(await counted('payload-over-limit')).toBe(1);
});

test('so is an input', async () => {
  // The brackets and quotes around the text count.
  const { findings } = await worker.execute('passText', ['consume', PAYLOAD_WARN_BYTES - 4]);
  expect(findings).toMatchObject([
    {
      id: 'payload-near-limit',
      evidence: { boundary: 'activity_input', subject: 'consume', bytes: PAYLOAD_WARN_BYTES },
    },
  ]);
});

test('the tool of an MCP server is named', async () => {
  const { findings } = await worker.call('docs-callTool', [{ toolName: 'fetchPage', bytes: PAYLOAD_WARN_BYTES }]);
  expect(findings).toMatchObject([{ evidence: { subject: 'docs-callTool (tool fetchPage)' } }]);
});
