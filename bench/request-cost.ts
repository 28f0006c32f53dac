import { channel } from 'node:diagnostics_channel';
import { once } from 'node:events';
import { request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import type { WorkerPlugin } from '@temporalio/worker';
import { runActivity } from './activity/activity-runner';
import { startObservedWorker } from './activity/observed-worker';
import { mainThreadCpuMs } from './cpu-time';
import { interleave } from './interleave';
import type { BenchContext, Measurement } from './measurement';
import { modelCall } from './model-call';
import { agentObservabilityPlugin, assertNothingFailed } from './variants';

/** Few enough that some stretches have no collection of garbage and no neighbour in them. */
const REQUESTS = 250;
const STRETCHES = 6;

const SETTLE_MS = 250;

/** A server of its own thread, whose time does not count; it answers every request with a small response. */
const SERVER = `
  const { createServer } = require('node:http');
  const { parentPort } = require('node:worker_threads');
  const server = createServer((request, response) => {
    request.resume().once('end', () => response.end('{"ok":true}'));
  });
  server.listen(0, '127.0.0.1', () => parentPort.postMessage(server.address().port));
`;

const CLIENTS = { fetch: byFetch, 'node:http': byHttp };

/** What counting the requests of an attempt adds to each of them. */
export async function requestCost(context: BenchContext): Promise<Measurement[]> {
  const server = new Worker(SERVER, { eval: true });
  const [port] = (await once(server, 'message')) as [number];
  const url = `http://127.0.0.1:${port}/v1/chat/completions`;
  const address = await context.temporalAddress();
  const body = JSON.stringify(modelCall(1_000).args[0]);

  const measurements: Measurement[] = [];
  for (const [name, send] of Object.entries(CLIENTS)) {
    const microseconds = (plugins: WorkerPlugin[]) => () =>
      microsecondsPerRequest(address, plugins, () => send(url, body));
    const { none, observed } = await interleave(
      { none: microseconds([]), observed: microseconds([agentObservabilityPlugin()]) },
      context.rounds(15),
    );
    // What else the machine does can only lengthen a stretch, so the least is what the requests themselves take.
    const base = Math.min(...none);
    console.error(`bench: a request through ${name} takes ${base.toFixed(1)} us`);
    measurements.push({
      name: `model request through ${name}: added`,
      value: Math.max(0, Math.min(...observed) - base),
      unit: 'us',
      goal: { atMost: 5 },
    });
  }
  await assertNothingFailed();
  await server.terminate();
  return measurements;
}

/**
 * CPU time of the main thread for one of many requests that an attempt sends, one after the other. The plugin listens while a
 * worker runs, so that every round has a worker of its own.
 */
async function microsecondsPerRequest(
  address: string,
  plugins: WorkerPlugin[],
  send: () => Promise<void>,
): Promise<number> {
  const worker = await startObservedWorker(address, 'bench-requests', plugins);
  assertListening(plugins.length > 0);
  // What starting leaves to do is not the requests' cost.
  await sleep(SETTLE_MS);
  let least = Number.POSITIVE_INFINITY;
  await runActivity(worker.interceptors, [], undefined, async () => {
    for (let stretch = 0; stretch < STRETCHES; stretch++) {
      const before = mainThreadCpuMs();
      for (let sent = 0; sent < REQUESTS; sent++) await send();
      least = Math.min(least, mainThreadCpuMs() - before);
    }
  });
  await worker.shutdown();
  assertListening(false);
  return (least / REQUESTS) * 1000;
}

/** Where nobody listens, nothing is published. */
function assertListening(expected: boolean): void {
  for (const name of ['undici:request:create', 'http.client.request.start']) {
    if (channel(name).hasSubscribers !== expected) throw new Error(`${name} has ${expected ? 'no' : 'a'} subscriber.`);
  }
}

async function byFetch(url: string, body: string): Promise<void> {
  const response = await fetch(url, { method: 'POST', body, headers: { 'content-type': 'application/json' } });
  await response.text();
}

function byHttp(url: string, body: string): Promise<void> {
  return new Promise((resolve, reject) => {
    request(url, { method: 'POST', headers: { 'content-type': 'application/json' } }, (response) => {
      response.resume().once('end', resolve);
    })
      .once('error', reject)
      .end(body);
  });
}
