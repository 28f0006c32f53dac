import { writeFileSync } from 'node:fs';
import inspector from 'node:inspector/promises';
import { startTemporalServer } from '../scripts/temporal-server.mjs';
import { runActivity } from './activity/activity-runner';
import { startObservedWorker } from './activity/observed-worker';
import { modelCall } from './model-call';
import {
  agentObservabilityPlugin,
  flushTracing,
  openTelemetryPlugin,
  startTracing,
  temporaryDirectory,
} from './variants';

async function main() {
  startTracing();
  const server = await startTemporalServer();
  const which = process.argv[2];
  const plugin =
    which === 'otel'
      ? openTelemetryPlugin()
      : which === 'content'
        ? agentObservabilityPlugin({ content: { directory: temporaryDirectory(), capture: 'full' } })
        : which === 'journal'
          ? agentObservabilityPlugin({ content: { directory: temporaryDirectory(), capture: 'metadata' } })
          : agentObservabilityPlugin(which === 'off' ? { mode: 'off' } : {});
  const worker = await startObservedWorker(server.address, 'prof', which === 'none' ? [] : [plugin]);
  const call = modelCall(1000);
  const run = async (n: number) => {
    for (let i = 0; i < n; i++) await runActivity(worker.interceptors, call.args, call.result);
  };
  await run(3000);
  await flushTracing();
  const t0 = process.cpuUsage();
  const session = new inspector.Session();
  session.connect();
  if (process.argv[3]) {
    await session.post('Profiler.enable');
    await session.post('Profiler.setSamplingInterval', { interval: 100 });
    await session.post('Profiler.start');
  }
  const N = 10000;
  const w0 = performance.now();
  await run(N);
  console.log(which, (((performance.now() - w0) / N) * 1000).toFixed(1), 'us wall');
  await flushTracing();
  if (process.argv[3]) {
    const { profile } = await session.post('Profiler.stop');
    writeFileSync(process.argv[3], JSON.stringify(profile));
    const self = new Map<string, number>();
    const dt = profile.timeDeltas!;
    const byId = new Map(profile.nodes.map((n) => [n.id, n]));
    const parent = new Map<number, number>();
    for (const n of profile.nodes) for (const c of n.children ?? []) parent.set(c, n.id);
    const total = new Map<string, number>();
    let all = 0;
    profile.samples!.forEach((id, i) => {
      all += dt[i]!;
      const n = byId.get(id)!;
      const k = `${n.callFrame.functionName} ${n.callFrame.url.split('/').slice(-2).join('/')}:${n.callFrame.lineNumber}`;
      self.set(k, (self.get(k) ?? 0) + dt[i]!);
      const seen = new Set<string>();
      let cur: number | undefined = id;
      while (cur !== undefined) {
        const m = byId.get(cur)!;
        const kk = `${m.callFrame.functionName} ${m.callFrame.url.split('/').slice(-2).join('/')}:${m.callFrame.lineNumber}`;
        if (!seen.has(kk)) {
          seen.add(kk);
          total.set(kk, (total.get(kk) ?? 0) + dt[i]!);
        }
        cur = parent.get(cur);
      }
    });
    console.log('SELF');
    for (const [k, v] of [...self].sort((a, b) => b[1] - a[1]).slice(0, 40)) console.log((v / N).toFixed(2), k);
    console.log('TOTAL');
    for (const [k, v] of [...total]
      .filter(
        ([k]) =>
          k.includes('lib/') ||
          k.includes('worker/') ||
          /tokens|metrics|tracing|llm|readers|activity|content|dist/.test(k),
      )
      .sort((a, b) => b[1] - a[1])
      .slice(0, 50))
      console.log((v / N).toFixed(2), k);
  }
  await worker.shutdown();
  await server.stop();
}
void main();
