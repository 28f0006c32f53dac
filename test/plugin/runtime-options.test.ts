import { DefaultLogger, Runtime } from '@temporalio/worker';
import { runtimeOptions } from 'temporal-agent-observability';
import { afterAll, beforeAll, expect, inject, test, vi } from 'vitest';
import { freePort } from '../support/installed-project';
import { createNamespace } from '../support/temporal-server';
import { activities } from './activities';
import { collectingLogger, Effects, Server } from './observed';

const NAMESPACE = 'plugin-runtime-options';
const effects = new Effects();
const users = collectingLogger();
let address: string;
let server: Server;

beforeAll(async () => {
  address = `127.0.0.1:${await freePort()}`;
  Runtime.install(runtimeOptions({ metricsAddress: address, runtime: { logger: users } }));
  await createNamespace(inject('temporalAddress'), NAMESPACE);
  server = await Server.connect(inject('temporalAddress'), NAMESPACE);
});
afterAll(async () => {
  await server.close();
  effects.remove();
});

test("Core's metrics have seconds, totals and buckets for work as long as a model's", async () => {
  const workflowsPath = require.resolve('./workflows/index.ts');
  const taskQueue = 'metrics';
  await server.during({ taskQueue, workflowsPath, activities, plugins: [effects.plugin()] }, async () => {
    await server.client.workflow.execute('agent', { workflowId: 'metrics', taskQueue, args: ['birds'] });
    await vi.waitFor(async () => {
      const metrics = await (await fetch(`http://${address}/metrics`)).text();
      for (const name of ['activity_execution_latency', 'activity_succeed_endtoend_latency']) {
        expect(metrics).toMatch(new RegExp(`^temporal_${name}_seconds_bucket\\{.*le="1800"\\} [1-9]`, 'm'));
      }
      expect(metrics).toMatch(/^temporal_workflow_task_execution_latency_seconds_bucket\{.*le="30"\} [1-9]/m);
      expect(metrics).toMatch(/^temporal_workflow_completed_total\{/m);
    });
  });
  const messages = effects.logger.lines.map(({ message }) => message);
  expect(messages).not.toContainEqual(expect.stringContaining('cannot see'));
  // Lines of the SDK go on as they are.
  expect(users.lines).toContainEqual(
    expect.objectContaining({
      level: 'INFO',
      message: 'Worker state changed',
      meta: expect.objectContaining({ sdkComponent: 'worker', taskQueue, state: 'RUNNING' }),
    }),
  );
});

test("the user's own options are kept", () => {
  const { telemetryOptions, ...more } = runtimeOptions({
    runtime: {
      shutdownSignals: [],
      telemetryOptions: {
        logging: { filter: { core: 'DEBUG', other: 'WARN' } },
        metrics: {
          globalTags: { team: 'agents' },
          prometheus: {
            bindAddress: '0.0.0.0:1',
            useSecondsForDurations: false,
            countersTotalSuffix: false,
            histogramBucketOverrides: { activity_execution_latency: [1, 2], request_latency: [3] },
          },
        },
      },
    },
  });
  expect(more).toMatchObject({ shutdownSignals: [] });
  expect(telemetryOptions).toMatchObject({
    logging: { forward: {}, filter: { core: 'DEBUG', other: 'WARN' } },
    metrics: {
      globalTags: { team: 'agents' },
      prometheus: {
        bindAddress: '0.0.0.0:1',
        useSecondsForDurations: false,
        countersTotalSuffix: false,
        unitSuffix: true,
        histogramBucketOverrides: {
          activity_execution_latency: [1, 2],
          request_latency: [3],
          workflow_task_replay_latency: expect.arrayContaining([30_000]),
        },
      },
    },
  });
  const otel = runtimeOptions({
    runtime: { telemetryOptions: { metrics: { otel: { url: 'grpc://collector:4317' } } } },
  });
  expect(otel.telemetryOptions?.metrics).toMatchObject({
    otel: {
      url: 'grpc://collector:4317',
      useSecondsForDurations: true,
      histogramBucketOverrides: { activity_execution_latency: expect.arrayContaining([1800]) },
    },
  });
  expect(runtimeOptions({ metricsAddress: 'off' }).telemetryOptions).toEqual({ logging: { forward: {} } });
  expect(runtimeOptions().telemetryOptions).toMatchObject({
    metrics: { prometheus: { bindAddress: '127.0.0.1:9464' } },
  });
});

test.each([
  [{ metricsAdress: 'off' }, 'options: unknown option "metricsAdress"; expected metricsAddress, runtime'],
  [{ metricsAddress: 9464 }, "metricsAddress: expected 'off' or '<host>:<port>', got 9464"],
  [{ metricsAddress: 'localhost' }, "metricsAddress: expected 'off' or '<host>:<port>', got \"localhost\""],
  [{ runtime: 'default' }, 'runtime: expected an object of options for Temporal\'s Runtime, got "default"'],
  [{ runtime: { logger: {} } }, 'runtime.logger.log: expected a function, got undefined'],
  [
    { runtime: { telemetryOptions: { logging: { console: {} } } } },
    "runtime.telemetryOptions.logging.console: expected nothing: Core's log has to go through the logger, got an object",
  ],
  [
    { runtime: { telemetryOptions: { logging: { filter: { core: 'ERROR' } } } } },
    'runtime.telemetryOptions.logging.filter.core: expected one of TRACE, DEBUG, INFO, WARN: findings come from lines of WARN, got "ERROR"',
  ],
  [
    { metricsAddress: '0.0.0.0:1', runtime: { telemetryOptions: { metrics: { otel: { url: 'grpc://c:1' } } } } },
    'metricsAddress: expected nothing beside runtime.telemetryOptions.metrics, got "0.0.0.0:1"',
  ],
])('%j is refused', (options, message) => {
  expect(() => runtimeOptions(options as never)).toThrow(new TypeError(message));
});

test('the tap passes on every line and every field, at the level that it has', () => {
  const received: unknown[] = [];
  const logger = new DefaultLogger('WARN', ({ level, message, meta }) => received.push({ level, message, meta }));
  const { logger: tap } = runtimeOptions({ metricsAddress: 'off', runtime: { logger } });
  const failure = 'Failure { failure: Some(Failure { message: "[TMPRL1100] Nondeterminism error: \\"" }) }';
  tap?.log('WARN', 'Failing workflow task', { sdkComponent: 'core', runId: 'r', failure });
  tap?.info('below the level', { a: 1 });
  tap?.error('[TMPRL1103] odd', { sdkComponent: 'core', size: 'large' });
  expect(received).toEqual([
    { level: 'WARN', message: 'Failing workflow task', meta: { sdkComponent: 'core', runId: 'r', failure } },
    { level: 'ERROR', message: '[TMPRL1103] odd', meta: { sdkComponent: 'core', size: 'large' } },
  ]);
});
