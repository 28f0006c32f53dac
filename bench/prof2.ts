import { startTemporalServer } from '../scripts/temporal-server.mjs';
import { runActivity } from './activity/activity-runner';
import { startObservedWorker } from './activity/observed-worker';
import { collectGarbage } from './collect-garbage';
import { mainThreadCpuMs } from './cpu-time';
import { interleave, median, added } from './interleave';
import { modelCall } from './model-call';
import { agentObservabilityPlugin, flushTracing, openTelemetryPlugin, startTracing, temporaryDirectory } from './variants';
import { mainThreadMicroseconds } from './activity/main-thread-time';

async function main() {
  startTracing();
  const server = await startTemporalServer();
  const bytes = Number(process.argv[3] ?? 1000);
  const rounds = Number(process.argv[4] ?? 12);
  const call = modelCall(bytes);
  const all: Record<string, () => any> = {
    otel: () => openTelemetryPlugin(),
    off: () => agentObservabilityPlugin({ mode: 'off' }),
    on: () => agentObservabilityPlugin(),
    journal: () => agentObservabilityPlugin({ content: { directory: temporaryDirectory(), capture: 'metadata' } }),
    content: () => agentObservabilityPlugin({ content: { directory: temporaryDirectory(), capture: 'full' } }),
  };
  const names = (process.argv[2] ?? 'otel,on').split(',');
  const variants: Record<string, () => Promise<number>> = {};
  const alloc: Record<string, number[]> = {};
  const make = (name: string, interceptors: any[]) => async () => {
    const n = bytes > 50000 ? 50 : 500;
    collectGarbage();
    const h0 = process.memoryUsage().heapUsed;
    const us = await mainThreadMicroseconds(n, () => runActivity(interceptors, call.args, call.result), async () => {
      (alloc[name] ??= []).push((process.memoryUsage().heapUsed - h0) / n);
      await flushTracing();
    });
    return us;
  };
  variants.none = make('none', []);
  const workers = [];
  for (const name of names) {
    const worker = await startObservedWorker(server.address, `prof-${name}`, [all[name]!()]);
    workers.push(worker);
    variants[name] = make(name, worker.interceptors);
  }
  const r = await interleave(variants, rounds);
  const base = r.none!;
  const ref = r.otel ? added(r.otel, base) : NaN;
  for (const name of ['none', ...names])
    console.log(name.padEnd(8), 'us', median(r[name]!).toFixed(1), 'added', added(r[name]!, base).toFixed(1), 'min', (Math.min(...r[name]!) - Math.min(...base)).toFixed(1), 'x', (added(r[name]!, base) / ref).toFixed(2), 'alloc', (median(alloc[name]!) - (name === 'none' ? 0 : median(alloc.none!))).toFixed(0));
  for (const w of workers) await w.shutdown();
  await server.stop();
  process.exit(0);
}
void main();
