/**
 * Options for Temporal's `Runtime`, which is installed once per process and sees what no worker and no sandbox does.
 *
 * @module
 */

import { DefaultLogger, type RuntimeOptions } from '@temporalio/worker';
import { fail, func, known, object } from './definitions/option-checks';
import { CoreLogTap } from './worker/core-log-tap';

type TelemetryOptions = NonNullable<RuntimeOptions['telemetryOptions']>;
type Metrics = NonNullable<TelemetryOptions['metrics']>;
type Logging = NonNullable<TelemetryOptions['logging']>;

export interface AgentRuntimeOptions {
  /**
   * Address of the Prometheus endpoint for the metrics of Temporal's Core, `<host>:<port>`, or `off` for none. Temporal
   * fails the installation when the port is taken. Leave it out where `runtime.telemetryOptions.metrics` says how to
   * export.
   *
   * @default '127.0.0.1:9464'
   */
  readonly metricsAddress?: string;
  /**
   * Your own options for Temporal's `Runtime`. What they say is kept: your logger gets every line with the levels that
   * you set, your metrics keep their exporter, units and buckets.
   *
   * @default none
   */
  readonly runtime?: RuntimeOptions;
}

/** Where Temporal's own buckets end at 60 seconds for activities, and at 1 second for workflow tasks. */
const ACTIVITY_SECONDS = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 40, 60, 120, 300, 600, 1200, 1800];
const WORKFLOW_TASK_SECONDS = [0.001, 0.005, 0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

const BUCKETS: Readonly<Record<string, readonly number[]>> = {
  activity_execution_latency: ACTIVITY_SECONDS,
  activity_succeed_endtoend_latency: ACTIVITY_SECONDS,
  local_activity_execution_latency: ACTIVITY_SECONDS,
  local_activity_succeed_endtoend_latency: ACTIVITY_SECONDS,
  workflow_task_execution_latency: WORKFLOW_TASK_SECONDS,
  workflow_task_replay_latency: WORKFLOW_TASK_SECONDS,
};

const ADDRESS = /^(?:\[[^\]]+\]|[^\s:]+):\d{1,5}$/;
const LEVELS_WITH_WARN = ['TRACE', 'DEBUG', 'INFO', 'WARN'];

/**
 * Options for `Runtime.install(...)`, with what only the process can see of its agents:
 *
 * - Core's metrics, in seconds, counters ending in `_total`, with buckets for work as long as a model's: activities up to
 *   30 minutes, workflow tasks up to 30 seconds;
 * - a tap on Core's log, which finds `nondeterminism` with the worker's build and the command that differs,
 *   `payload-rejected-loop` where the worker refuses what a workflow task sends, and `llm-in-workflow` where signal and
 *   update handlers, or modules as they load, use what the sandbox does not have. Nothing in a workflow can see these. The
 *   finding names the run, for which visibility is asked when a task fails, never otherwise.
 *
 * Core's own lines then go to the runtime's logger, as with Temporal's `telemetryOptions.logging.forward`, and lines are
 * held back for up to 100 ms, so that they come in order.
 *
 * @example
 * ```ts
 * Runtime.install(runtimeOptions({ metricsAddress: '0.0.0.0:9464' }));
 * ```
 *
 * @returns options for `Runtime.install`, which must run before the first worker or native connection is made
 * @throws TypeError that names the option, what was expected and what came
 */
export function runtimeOptions(options: AgentRuntimeOptions = {}): RuntimeOptions {
  known('options', options, ['metricsAddress', 'runtime']);
  const runtime: RuntimeOptions = object(
    'runtime',
    options.runtime ?? {},
    "an object of options for Temporal's Runtime",
  );
  const telemetry: TelemetryOptions = object('runtime.telemetryOptions', runtime.telemetryOptions ?? {}, 'an object');
  const metrics = coreMetrics(options.metricsAddress, telemetry.metrics);
  return {
    ...runtime,
    logger: new CoreLogTap(usersLogger(runtime)),
    telemetryOptions: {
      ...telemetry,
      logging: forwarded(telemetry.logging),
      ...(metrics !== undefined && { metrics }),
    },
  };
}

function usersLogger({ logger }: RuntimeOptions): NonNullable<RuntimeOptions['logger']> {
  if (logger === undefined) return new DefaultLogger('INFO');
  func('runtime.logger.log', object('runtime.logger', logger, 'a Temporal Logger').log);
  return logger;
}

function forwarded(logging: Logging | undefined): Logging {
  if (logging === undefined) return { forward: {} };
  const name = 'runtime.telemetryOptions.logging';
  object(name, logging, 'an object');
  if ('console' in logging && logging.console !== undefined) {
    throw fail(`${name}.console`, "nothing: Core's log has to go through the logger", logging.console);
  }
  const { filter } = logging;
  if (typeof filter === 'object' && !LEVELS_WITH_WARN.includes(filter.core)) {
    throw fail(
      `${name}.filter.core`,
      `one of ${LEVELS_WITH_WARN.join(', ')}: findings come from lines of WARN`,
      filter.core,
    );
  }
  return { forward: {}, ...logging };
}

function coreMetrics(address: unknown, users: Metrics | undefined): Metrics | undefined {
  if (users !== undefined) {
    if (address !== undefined) {
      throw fail('metricsAddress', 'nothing beside runtime.telemetryOptions.metrics', address);
    }
    return completed(users);
  }
  if (address === 'off') return undefined;
  const bindAddress = address ?? '127.0.0.1:9464';
  if (typeof bindAddress !== 'string' || !ADDRESS.test(bindAddress)) {
    throw fail('metricsAddress', "'off' or '<host>:<port>'", bindAddress);
  }
  return completed({ prometheus: { bindAddress } });
}

/** What the user leaves open; units and buckets belong together. */
function completed(metrics: Metrics): Metrics {
  if ('prometheus' in metrics) {
    const { useSecondsForDurations = true, ...prometheus } = metrics.prometheus;
    return {
      ...metrics,
      prometheus: {
        countersTotalSuffix: true,
        unitSuffix: true,
        useSecondsForDurations,
        ...prometheus,
        histogramBucketOverrides: buckets(useSecondsForDurations, prometheus.histogramBucketOverrides),
      },
    };
  }
  if ('otel' in metrics) {
    const { useSecondsForDurations = true, ...otel } = metrics.otel;
    const histogramBucketOverrides = buckets(useSecondsForDurations, otel.histogramBucketOverrides);
    return { ...metrics, otel: { ...otel, useSecondsForDurations, histogramBucketOverrides } };
  }
  return metrics;
}

function buckets(inSeconds: boolean, users: Record<string, number[]> = {}): Record<string, number[]> {
  const ours = Object.entries(BUCKETS).map(([name, seconds]) => [
    name,
    inSeconds ? [...seconds] : seconds.map((bound) => bound * 1000),
  ]);
  return { ...Object.fromEntries(ours), ...users };
}
