/**
 * Main module of a worker in a process of its own. Ends with whoever started it.
 *
 * @module
 */

import { Context } from '@temporalio/activity';
import {
  type ActivityInterceptorsFactory,
  DefaultLogger,
  makeTelemetryFilterString,
  NativeConnection,
  Runtime,
  Worker,
} from '@temporalio/worker';
import { AgentObservabilityPlugin } from 'temporal-agent-observability';
import { createActivities } from './activities';
import { type FromWorker, identityOf, type WorkerProcessOptions } from './worker-process';

const options: WorkerProcessOptions = JSON.parse(process.argv[2] ?? '');

function tell(message: FromWorker): void {
  // The other end may go at any time.
  if (process.connected) process.send?.(message, undefined, undefined, () => undefined);
}

/** Stands around all others, so that an attempt that has returned here has left its record. */
function disturbances({ holdAttempt, killAfter }: WorkerProcessOptions): ActivityInterceptorsFactory {
  let attempts = 0;
  return ({ info }) => ({
    inbound: {
      async execute(input, next) {
        const number = ++attempts;
        tell({ kind: 'begun', activityType: info.activityType });
        if (number === holdAttempt) {
          tell({ kind: 'held' });
          await Context.current().cancelled;
        }
        const result = await next(input);
        if (number === killAfter?.attempt) {
          if (killAfter.milliseconds === 0) process.kill(process.pid, 'SIGKILL');
          setTimeout(() => process.kill(process.pid, 'SIGKILL'), killAfter.milliseconds);
        }
        return result;
      },
    },
  });
}

async function main(): Promise<void> {
  const logger = new DefaultLogger('INFO', ({ level, message, meta = {} }) =>
    tell({ kind: 'log', level, message, meta }),
  );
  const filter = makeTelemetryFilterString({ core: 'WARN', other: 'WARN' });
  Runtime.install({ logger, telemetryOptions: { logging: { forward: {}, filter } }, shutdownSignals: [] });
  const { address, namespace, taskQueue, bundle, plugin } = options;
  // A connection takes only one worker a task queue.
  const connections = await Promise.all(
    Array.from({ length: options.workers ?? 1 }, () => NativeConnection.connect({ address })),
  );
  const workers = await Promise.all(
    connections.map((connection) =>
      Worker.create({
        connection,
        namespace,
        taskQueue,
        identity: identityOf(options),
        workflowBundle: { codePath: bundle },
        activities: createActivities(),
        interceptors: { activity: [disturbances(options)] },
        plugins: plugin === undefined ? [] : [new AgentObservabilityPlugin(plugin)],
        ...options.worker,
      }),
    ),
  );
  process.once('disconnect', () => {
    for (const worker of workers) worker.shutdown();
  });
  const runs = workers.map((worker) => worker.run());
  tell({ kind: 'running' });
  await Promise.all(runs);
  await Promise.all(connections.map((connection) => connection.close()));
}

main().catch((error) => {
  process.stderr.write(`${error?.stack}\n`);
  process.exit(1);
});
