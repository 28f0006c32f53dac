import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { node, resources, tracing } from '@opentelemetry/sdk-node';
import { OpenTelemetryPlugin } from '@temporalio/interceptors-opentelemetry';
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

/** Our plugin with its defaults, but for a registry instead of a port and content below a directory of the benchmark. */
export function agentObservabilityPlugin(options: AgentObservabilityOptions = {}): AgentObservabilityPlugin {
  return new AgentObservabilityPlugin({ metrics: { registry: new Registry() }, content: 'off', ...options });
}

/** A directory that goes when the process ends. */
export function temporaryDirectory(): string {
  const directory = mkdtempSync(path.join(tmpdir(), 'temporal-agent-observability-bench-'));
  process.once('exit', () => rmSync(directory, { recursive: true, force: true }));
  return directory;
}
