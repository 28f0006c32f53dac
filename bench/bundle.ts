import path from 'node:path';
import type { BundlerPlugin } from '@temporalio/worker';
import { ADDED_CODE_GOAL, bundledCode, KB } from './bundled-code';
import { processCpuMs } from './cpu-time';
import { interleave, median } from './interleave';
import type { BenchContext, Measurement } from './measurement';
import { agentObservabilityPlugin, openTelemetryPlugin } from './variants';

/** Size of the workflow bundle, and the time it takes to build. */
export async function bundle(context: BenchContext): Promise<Measurement[]> {
  const sizes = { none: 0, ours: 0, openTelemetry: 0 };
  const build = (name: keyof typeof sizes, plugins: BundlerPlugin[]) => async () => {
    const start = processCpuMs();
    const code = await bundledCode(path.join(__dirname, 'replay/workflows.ts'), plugins);
    const milliseconds = processCpuMs() - start;
    sizes[name] = Buffer.byteLength(code);
    return milliseconds;
  };
  const times = await interleave(
    {
      none: build('none', []),
      ours: build('ours', [agentObservabilityPlugin()]),
      openTelemetry: build('openTelemetry', [openTelemetryPlugin()]),
    },
    context.rounds(7),
  );
  const ratio = (name: 'ours' | 'openTelemetry') => median(times[name]) / median(times.none);
  return [
    {
      name: 'workflow bundle: added code',
      value: (sizes.ours - sizes.none) / KB,
      unit: 'KB',
      goal: { atMost: ADDED_CODE_GOAL },
    },
    { name: 'workflow bundle: added code, OpenTelemetry', value: (sizes.openTelemetry - sizes.none) / KB, unit: 'KB' },
    { name: 'workflow bundle: build time vs none', value: ratio('ours'), unit: 'x' },
    { name: 'workflow bundle: build time vs none, OpenTelemetry', value: ratio('openTelemetry'), unit: 'x' },
  ];
}
