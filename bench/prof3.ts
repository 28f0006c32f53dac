import inspector from 'node:inspector/promises';
import { DefaultLogger, makeTelemetryFilterString, Runtime } from '@temporalio/worker';
import { startTemporalServer } from '../scripts/temporal-server.mjs';
import { runActivity } from './activity/activity-runner';
import { startObservedWorker } from './activity/observed-worker';
import { modelCall } from './model-call';
import { agentObservabilityPlugin, flushTracing, openTelemetryPlugin, startTracing, temporaryDirectory } from './variants';

async function main() {
  Runtime.install({ logger: new DefaultLogger('ERROR'), telemetryOptions: { logging: { filter: makeTelemetryFilterString({ core: 'ERROR' }), forward: {} } } });
  startTracing();
  const server = await startTemporalServer();
  const which = process.argv[2];
  const plugin = which === 'otel' ? openTelemetryPlugin() : which === 'content' ? agentObservabilityPlugin({ content: { directory: temporaryDirectory(), capture: 'full' } }) : which === 'journal' ? agentObservabilityPlugin({ content: { directory: temporaryDirectory(), capture: 'metadata' } }) : agentObservabilityPlugin(which === 'off' ? { mode: 'off' } : {});
  const worker = await startObservedWorker(server.address, 'prof', which === 'none' ? [] : [plugin]);
  const call = modelCall(1000);
  const run = async (n: number) => { for (let i = 0; i < n; i++) await runActivity(worker.interceptors, call.args, call.result); };
  for (let i = 0; i < 6; i++) { await run(500); await flushTracing(); }
  const session = new inspector.Session();
  session.connect();
  const N = 3000;
  if (process.argv[3] === 'cpu') {
    await session.post('Profiler.enable');
    await session.post('Profiler.setSamplingInterval', { interval: 50 });
    await session.post('Profiler.start');
    for (let i = 0; i < 20; i++) { await run(500); await flushTracing(); }
    const { profile } = await session.post('Profiler.stop');
    const dt = profile.timeDeltas!; const parent = new Map<number, number>(); const byId = new Map(profile.nodes.map((n) => [n.id, n]));
    for (const n of profile.nodes) for (const c of n.children ?? []) parent.set(c, n.id);
    const self = new Map<string, number>(), total = new Map<string, number>();
    const key = (n: any) => `${n.callFrame.functionName} ${n.callFrame.url.split('/').slice(-2).join('/')}:${n.callFrame.lineNumber}`;
    profile.samples!.forEach((id, i) => { const k = key(byId.get(id)); self.set(k, (self.get(k) ?? 0) + dt[i]!); const seen = new Set<string>(); for (let c: number | undefined = id; c !== undefined; c = parent.get(c)) { const kk = key(byId.get(c)); if (!seen.has(kk)) { seen.add(kk); total.set(kk, (total.get(kk) ?? 0) + dt[i]!); } } });
    const M = 10000;
    console.log('SELF'); for (const [k, v] of [...self].sort((a, b) => b[1] - a[1]).slice(0, 45)) console.log((v / M).toFixed(2), k);
    console.log('TOTAL'); for (const [k, v] of [...total].sort((a, b) => b[1] - a[1]).slice(0, 70)) console.log((v / M).toFixed(2), k);
    await worker.shutdown(); await server.stop(); process.exit(0);
  }
  await session.post('HeapProfiler.enable');
  await session.post('HeapProfiler.startSampling', { samplingInterval: 1024, includeObjectsCollectedByMinorGC: true, includeObjectsCollectedByMajorGC: true } as any);
  for (let i = 0; i < 6; i++) { await run(500); await flushTracing(); }
  const { profile } = await session.post('HeapProfiler.stopSampling');
  const self = new Map<string, number>(), total = new Map<string, number>();
  const walk = (node: any, stack: Set<string>) => {
    const k = `${node.callFrame.functionName} ${node.callFrame.url.split('/').slice(-2).join('/')}:${node.callFrame.lineNumber}`;
    self.set(k, (self.get(k) ?? 0) + node.selfSize);
    const s = new Set(stack).add(k);
    for (const x of s) total.set(x, (total.get(x) ?? 0) + node.selfSize);
    for (const c of node.children) walk(c, s);
  };
  walk(profile.head, new Set());
  console.log('SELF bytes');
  for (const [k, v] of [...self].sort((a, b) => b[1] - a[1]).slice(0, 45)) console.log((v / N).toFixed(0), k);
  console.log('TOTAL');
  for (const [k, v] of [...total].sort((a, b) => b[1] - a[1]).slice(0, 45)) console.log((v / N).toFixed(0), k);
  await worker.shutdown(); await server.stop(); process.exit(0);
}
void main();
