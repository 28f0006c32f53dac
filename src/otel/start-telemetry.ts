import { context, diag, metrics, ProxyTracerProvider, propagation, trace } from '@opentelemetry/api';
import type { ClientPlugin } from '@temporalio/client';
import type { BundlerPlugin, WorkerPlugin } from '@temporalio/worker';
import { SHUTDOWN_FLUSH_MS } from '../definitions/limits';
import { nonEmpty } from '../definitions/option-checks';
import { loadPackages, type OpenTelemetryPackages, type SpanProcessor } from './packages';
import { createResource } from './resource';

export interface TelemetryOptions {
  /**
   * Name of the service in every span.
   *
   * @default the variable `OTEL_SERVICE_NAME`, else OpenTelemetry's `unknown_service`
   */
  readonly serviceName?: string;
}

/** A plugin for a worker's, a client's and a bundle's list. */
export type TelemetryPlugin = WorkerPlugin & ClientPlugin & BundlerPlugin;

export interface Telemetry {
  /**
   * Temporal's own OpenTelemetry plugin. Put it before `AgentObservabilityPlugin`, so that spans of model and tool calls
   * become children of Temporal's, and into `bundleWorkflowCode` too where workflows are bundled ahead.
   */
  readonly plugins: TelemetryPlugin[];
  /**
   * Exports what is left and stops OpenTelemetry; call it when the worker has stopped. Takes at most 10 seconds and
   * never rejects: what could not be exported is told to OpenTelemetry's `diag` logger (`OTEL_LOG_LEVEL`).
   */
  shutdown(): Promise<void>;
}

let running = false;

/**
 * Starts OpenTelemetry for a worker process: spans of Temporal, of agents and of instrumented libraries go out by OTLP
 * over HTTP. Set up by the usual variables: `OTEL_EXPORTER_OTLP_*` (endpoint, headers, timeout), `OTEL_SERVICE_NAME`,
 * `OTEL_RESOURCE_ATTRIBUTES`, `OTEL_TRACES_SAMPLER`, `OTEL_PROPAGATORS`, `OTEL_BSP_*`, `OTEL_TRACES_EXPORTER` (`otlp`,
 * `console` or `none`) and `OTEL_SDK_DISABLED`.
 *
 * Needs `@opentelemetry/sdk-node`, `@opentelemetry/exporter-trace-otlp-http` and Temporal's interceptors of the same
 * OpenTelemetry line: `@temporalio/interceptors-opentelemetry` for 1.x, `@temporalio/interceptors-opentelemetry-v2` for
 * 2.x. Which is installed is found out.
 *
 * The interceptors stay in place when the SDK is disabled: in workflows they draw random numbers, so a run that began
 * with them, and uses `uuid4()` or `Math.random()`, replays with them only. For the same reason keep to one line while
 * runs are open.
 *
 * @throws TypeError when an option is wrong
 * @throws Error when a package is missing or of another line, when it runs already, when the process has another tracer
 * provider, or when a variable asks for something else than OTLP over HTTP
 *
 * @example
 * ```ts
 * const telemetry = startTelemetry({ serviceName: 'support-agent' });
 * const worker = await Worker.create({ ..., plugins: [...telemetry.plugins, new AgentObservabilityPlugin()] });
 * await worker.run();
 * await telemetry.shutdown();
 * ```
 */
export function startTelemetry(options: TelemetryOptions = {}): Telemetry {
  const { serviceName } = options;
  if (serviceName !== undefined) nonEmpty('serviceName', serviceName);
  refuseSecondProvider();
  const packages = loadPackages();
  const { sdk, line, OpenTelemetryPlugin } = packages;
  const resource = createResource(sdk.resources, line, serviceName);
  const spanProcessor = createSpanProcessor(packages);
  const nodeSdk = new sdk.NodeSDK({ resource, autoDetectResources: false, spanProcessors: [spanProcessor] });
  const meterProvider = metrics.getMeterProvider();
  nodeSdk.start();
  running = true;
  const registered = disabled()
    ? []
    : [trace, context, propagation, ...(metrics.getMeterProvider() === meterProvider ? [] : [metrics])];
  let stopped: Promise<void> | undefined;
  return {
    plugins: [new OpenTelemetryPlugin({ resource, spanProcessor }) as TelemetryPlugin],
    shutdown: () => {
      stopped ??= stop(nodeSdk, registered);
      return stopped;
    },
  };
}

function refuseSecondProvider(): void {
  if (running) {
    throw new Error('startTelemetry was called before in this process; await its shutdown() before starting anew');
  }
  const provider = trace.getTracerProvider();
  if (!(provider instanceof ProxyTracerProvider) || provider.getDelegateTracer('') !== undefined) {
    throw new Error(
      'startTelemetry found an OpenTelemetry tracer provider in this process: use that one, and give its span processor ' +
        "to the OpenTelemetryPlugin of Temporal's interceptors package. Spans of agents follow it without further set-up.",
    );
  }
}

function createSpanProcessor({ sdk, OTLPTraceExporter }: OpenTelemetryPackages): SpanProcessor {
  const { BatchSpanProcessor, ConsoleSpanExporter, NoopSpanProcessor, SimpleSpanProcessor } = sdk.tracing;
  if (disabled()) {
    return new NoopSpanProcessor();
  }
  const exporter = variable('OTEL_TRACES_EXPORTER') ?? 'otlp';
  switch (exporter) {
    case 'otlp':
      refuseGrpc();
      return new BatchSpanProcessor(new OTLPTraceExporter());
    case 'console':
      return new SimpleSpanProcessor(new ConsoleSpanExporter());
    case 'none':
      return new NoopSpanProcessor();
    default:
      throw new Error(`OTEL_TRACES_EXPORTER must be otlp, console or none for startTelemetry, got ${exporter}`);
  }
}

/** Sent over HTTP to a gRPC port, every span would be lost without a word. */
function refuseGrpc(): void {
  for (const name of ['OTEL_EXPORTER_OTLP_TRACES_PROTOCOL', 'OTEL_EXPORTER_OTLP_PROTOCOL']) {
    const protocol = variable(name);
    if (protocol === 'grpc') {
      throw new Error(
        `${name} is grpc, but startTelemetry exports over HTTP: set it to http/json, and the endpoint to the ` +
          "collector's HTTP port (4318 by default)",
      );
    }
    if (protocol !== undefined) {
      return;
    }
  }
}

function disabled(): boolean {
  return variable('OTEL_SDK_DISABLED')?.toLowerCase() === 'true';
}

/** An empty variable counts as unset, as OpenTelemetry has it. */
function variable(name: string): string | undefined {
  return process.env[name]?.trim() || undefined;
}

async function stop(nodeSdk: { shutdown(): Promise<void> }, registered: readonly { disable(): void }[]): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`not finished within ${SHUTDOWN_FLUSH_MS} ms`)), SHUTDOWN_FLUSH_MS);
  });
  try {
    await Promise.race([nodeSdk.shutdown(), late]);
  } catch (error) {
    diag.error('OpenTelemetry did not shut down cleanly; spans may be lost', error);
  } finally {
    clearTimeout(timer);
    // The SDK leaves itself registered; what comes after would write into a provider that is shut down.
    for (const api of registered) {
      api.disable();
    }
    running = false;
  }
}
