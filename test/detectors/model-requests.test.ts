import { asyncLocalStorage, type Context } from '@temporalio/activity';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { WatchedAttempt } from '#lib/activity/detectors/attempt-detector';
import { modelRequests } from '#lib/activity/detectors/model-requests';
import { watchOutboundRequests } from '#lib/activity/outbound-requests';
import type { Detection } from '#lib/definitions/finding';
import { DEFAULT_THRESHOLDS } from '#lib/definitions/thresholds';
import { type ProviderServer, startProviderServer } from '../../examples/provider-server';
import { chatBody, post } from './provider-requests';

let provider: ProviderServer;
let stop: () => void;

beforeAll(async () => {
  provider = await startProviderServer();
  stop = watchOutboundRequests();
});

afterAll(async () => {
  stop();
  await provider.close();
});

const chat = (text: string) => post(`${provider.url}/v1/chat/completions`, chatBody(text));

/** An attempt of an activity without a worker, and what is found of it. */
function begin(modelRequestsPerAttempt: number) {
  const findings: Detection[] = [];
  const ctx = { info: {} } as Context;
  const attempt = {
    ctx,
    start: { startedAtMs: Date.now(), correlation: { activityType: 'agent', attempt: 1 } },
    args: [],
    thresholds: { ...DEFAULT_THRESHOLDS, modelRequestsPerAttempt },
    found: (detection: Detection) => findings.push(detection),
    report: (_: string, error: unknown) => expect.fail(String(error)),
  } as unknown as WatchedAttempt;
  const watch = modelRequests.begin(attempt);
  return {
    findings,
    end: () => watch?.end(undefined, attempt),
    run: <T>(fn: () => Promise<T>) => asyncLocalStorage.run(ctx, fn),
  };
}

test('the number of requests that make a loop is an option', async () => {
  const { findings, run } = begin(5);
  for (let turn = 1; turn <= 4; turn++) await run(() => chat(`turn ${turn}`));
  expect(findings).toEqual([]);
  await run(() => chat('turn 5'));
  expect(findings).toMatchObject([{ id: 'agent-loop-in-activity', evidence: { modelRequests: 5 } }]);
});

test('attempts that run side by side are told apart', async () => {
  const attempts = [begin(3), begin(3)] as const;
  for (let turn = 1; turn <= 2; turn++) {
    await Promise.all(attempts.map(({ run }) => run(() => chat(`turn ${turn}`))));
  }
  await attempts[0].run(() => chat('turn 3'));
  expect(attempts.map(({ findings }) => findings.length)).toEqual([1, 0]);
});

test('what an attempt leaves running when it ends is not its own', async () => {
  const { findings, run, end } = begin(2);
  await run(() => chat('turn 1'));
  const underWay = run(() => chat('turn 2 [plan: delay=50]'));
  await new Promise((resolve) => setTimeout(resolve, 20));
  end();
  await underWay;
  await run(() => chat('turn 3'));
  expect(findings).toEqual([]);
});
