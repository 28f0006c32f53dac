import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { trace } from '@opentelemetry/api';
import { node } from '@opentelemetry/sdk-node';
import { Client, Connection } from '@temporalio/client';
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { startTelemetry, type Telemetry } from 'temporal-agent-observability/otel';
import { afterEach, expect, inject, test, vi } from 'vitest';
import { createActivities } from './activities';
import { startCollector } from './collector';
import { supportAgent } from './workflows';

Runtime.install({ logger: new DefaultLogger('WARN') });

const cleanUp: (() => unknown)[] = [];

afterEach(async () => {
  for (const step of cleanUp.splice(0).reverse()) {
    await step();
  }
  vi.unstubAllEnvs();
});

function start(options?: Parameters<typeof startTelemetry>[0]): Telemetry {
  const telemetry = startTelemetry(options);
  cleanUp.push(() => telemetry.shutdown());
  return telemetry;
}

async function collect() {
  const collector = await startCollector();
  cleanUp.push(collector.close);
  vi.stubEnv('OTEL_EXPORTER_OTLP_ENDPOINT', collector.endpoint);
  return collector;
}

test('one call exports the whole way of a run: client, workflow, activity, model call and what it made', async () => {
  const { spans, headers } = await collect();
  vi.stubEnv('OTEL_EXPORTER_OTLP_HEADERS', 'x-api-key=secret');
  vi.stubEnv('OTEL_RESOURCE_ATTRIBUTES', 'deployment.environment=test,service.name=overruled');
  const telemetry = start({ serviceName: 'support' });

  const address = inject('temporalAddress');
  const taskQueue = `start-telemetry-${process.pid}`;
  const native = await NativeConnection.connect({ address });
  const connection = await Connection.connect({ address });
  const errors: unknown[] = [];
  const worker = await Worker.create({
    connection: native,
    taskQueue,
    workflowsPath: require.resolve('./workflows.ts'),
    activities: createActivities((_, error) => errors.push(error)),
    plugins: telemetry.plugins,
  });
  const { workflow } = new Client({ connection, plugins: telemetry.plugins });
  await worker.runUntil(workflow.execute(supportAgent, { taskQueue, workflowId: taskQueue }));
  await Promise.all([native.close(), connection.close()]);
  expect(errors).toEqual([]);
  await telemetry.shutdown();

  const byName = new Map(spans.map((span) => [span.name, span]));
  const way = [
    'StartWorkflow:supportAgent',
    'RunWorkflow:supportAgent',
    'StartActivity:callModel',
    'RunActivity:callModel',
    'chat gpt-5',
    'http request',
  ];
  expect([...byName.keys()].sort()).toEqual([...way].sort());
  const parentOf = (name: string) => spans.find(({ spanId }) => spanId === byName.get(name)?.parentSpanId)?.name;
  expect(way.map(parentOf)).toEqual([undefined, ...way.slice(0, -1)]);
  expect(new Set(spans.map(({ traceId }) => traceId)).size).toBe(1);
  for (const { resource } of spans) {
    expect(resource).toMatchObject({ 'service.name': 'support', 'deployment.environment': 'test' });
    expect(Object.keys(resource).join()).not.toContain('process.command');
  }
  expect(byName.get('chat gpt-5')?.attributes).toMatchObject({ 'gen_ai.response.id': 'chatcmpl-1' });
  expect(headers[0]).toMatchObject({ url: '/v1/traces', 'x-api-key': 'secret' });
});

test('it can be started again after shutdown, but not twice', async () => {
  const { spans } = await collect();
  const first = start();
  expect(() => startTelemetry()).toThrow('shutdown()');
  await first.shutdown();
  await first.shutdown();
  const second = start();
  trace.getTracer('test').startSpan('after the restart').end();
  await second.shutdown();
  expect(spans.map(({ name }) => name)).toEqual(['after the restart']);
});

test('a process with a tracer provider of its own keeps it', () => {
  const provider = new node.NodeTracerProvider();
  provider.register();
  cleanUp.push(() => trace.disable());
  expect(() => startTelemetry()).toThrow('tracer provider');
});

test('the SDK can be disabled or export nothing; the interceptors stay, as replay needs them', async () => {
  const { spans, headers } = await collect();
  vi.stubEnv('OTEL_SDK_DISABLED', 'true');
  const disabled = start();
  expect(trace.getTracer('test').startSpan('x').isRecording()).toBe(false);
  expect(disabled.plugins.map(({ name }) => name)).toEqual(['OpenTelemetryPlugin']);
  await disabled.shutdown();

  vi.stubEnv('OTEL_SDK_DISABLED', '');
  vi.stubEnv('OTEL_TRACES_EXPORTER', 'none');
  const silent = start();
  trace.getTracer('test').startSpan('x').end();
  expect(silent.plugins).toHaveLength(1);
  await silent.shutdown();
  expect(spans).toEqual([]);
  expect(headers).toEqual([]);
});

test('a sampler is taken from the environment', async () => {
  const { spans } = await collect();
  vi.stubEnv('OTEL_TRACES_SAMPLER', 'always_off');
  const telemetry = start();
  trace.getTracer('test').startSpan('x').end();
  await telemetry.shutdown();
  expect(spans).toEqual([]);
});

test('what cannot work is refused at once', () => {
  expect(() => startTelemetry({ serviceName: '' })).toThrow(/serviceName: expected a non-empty string, got ""/);
  vi.stubEnv('OTEL_EXPORTER_OTLP_PROTOCOL', 'grpc');
  expect(() => startTelemetry()).toThrow(/OTEL_EXPORTER_OTLP_PROTOCOL is grpc.*4318/);
  vi.stubEnv('OTEL_TRACES_EXPORTER', 'zipkin');
  expect(() => startTelemetry()).toThrow(/OTEL_TRACES_EXPORTER.*got zipkin/);
  vi.stubEnv('OTEL_TRACES_EXPORTER', 'none');
  expect(start().plugins).toHaveLength(1);
});

test('a collector that never answers does not fail the shutdown', async () => {
  const server = createServer(() => {}).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  cleanUp.push(() => {
    server.closeAllConnections();
    server.close();
  });
  vi.stubEnv('OTEL_EXPORTER_OTLP_ENDPOINT', `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  vi.stubEnv('OTEL_EXPORTER_OTLP_TIMEOUT', '200');
  const telemetry = start();
  trace.getTracer('test').startSpan('lost').end();
  await expect(telemetry.shutdown()).resolves.toBeUndefined();
});
