import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { node, resources, tracing } from '@opentelemetry/sdk-node';
import { OpenTelemetryPlugin } from '@temporalio/interceptors-opentelemetry';
import { DefaultLogger } from '@temporalio/worker';
import { Registry } from 'prom-client';
import { type AgentObservabilityOptions, AgentObservabilityPlugin } from 'temporal-agent-observability';

/** Exports to nowhere: what a collector costs is not the question. */
class NoExporter implements tracing.SpanExporter {
  export(_spans: tracing.ReadableSpan[], done: Parameters<tracing.SpanExporter['export']>[1]): void {
    done({ code: 0 });
  }

  async shutdown(): Promise<void> {}
}

const processor = new tracing.BatchSpanProcessor(new NoExporter());

/** Turns on tracing for the whole process, as an application does: ours and Temporal's interceptors use the same. */
export function startTracing(): void {
  new node.NodeTracerProvider({ spanProcessors: [processor] }).register();
}

export function flushTracing(): Promise<void> {
  return processor.forceFlush();
}

export function openTelemetryPlugin(): OpenTelemetryPlugin {
  return new OpenTelemetryPlugin({ resource: new resources.Resource({}), spanProcessor: processor });
}

const registries: Registry[] = [];

/**
 * Our plugin with its defaults, but for a registry instead of a port, no content unless said, and no log: payloads over
 * Temporal's limit are what one benchmark is about.
 */
export function agentObservabilityPlugin(options: AgentObservabilityOptions = {}): AgentObservabilityPlugin {
  const registry = new Registry();
  registries.push(registry);
  return new AgentObservabilityPlugin({
    metrics: { registry },
    content: 'off',
    logger: new DefaultLogger('ERROR', () => {}),
    ...options,
  });
}

const FAILURES = /^temporal_agent_(observer_errors|content_failed|content_dropped)_total\{.*\} [1-9].*$/gm;

/** An observer that fails or drops what it should keep is cheap, and its figures are worth nothing. */
export async function assertNothingFailed(): Promise<void> {
  for (const registry of registries) {
    const failures = (await registry.metrics()).match(FAILURES);
    if (failures !== null) throw new Error(`The observer did not do its work: ${failures.join(', ')}`);
  }
}

/** A directory that goes when the process ends. */
export function temporaryDirectory(): string {
  const directory = mkdtempSync(path.join(tmpdir(), 'temporal-agent-observability-bench-'));
  process.once('exit', () => rmSync(directory, { recursive: true, force: true }));
  return directory;
}
