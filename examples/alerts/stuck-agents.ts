import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { checkCommand } from './check-command';
import { deliveries, untilDelivered } from './delivered';
import type { Report } from './report';
import type { Surroundings, WorkerPorts } from './surroundings';

export const STUCK_NAMESPACE = 'stuck';

/** Of task types, as the exporter is told. */
export const EXPECTED_DURATIONS = { investigate: '3s' } as const;

export interface StuckWorkerOrder extends WorkerPorts {
  readonly address: string;
  readonly namespace: string;
  readonly taskQueue: string;
  readonly contentDirectory: string;
}

interface StuckAgent {
  readonly workflowId: string;
  readonly workflowType: string;
  readonly args: readonly unknown[];
  readonly alert: string;
  readonly severity: string;
}

const AGENTS: readonly StuckAgent[] = [
  {
    workflowId: 'investigate-1',
    workflowType: 'investigate',
    args: [],
    alert: 'TemporalAgentRunsOverdue',
    severity: 'warning',
  },
  {
    workflowId: 'refund-1',
    workflowType: 'refund',
    args: [3_000],
    alert: 'TemporalAgentApprovalOverdue',
    severity: 'critical',
  },
];

/** Alerts that are heard of stuck agents; whatever else is heard is unexpected. */
export const STUCK_ALERTS: ReadonlySet<string> = new Set(AGENTS.map(({ alert }) => alert));

const TASK_QUEUE = 'stuck';
const DELIVERY_MS = 60_000;
/** How long an alert has to go on after each outage: longer than any of the scaled durations that would end it. */
const GOES_ON_MS = 12_000;

/**
 * Lets an agent run past what is expected of it, and one wait for somebody who does not answer; takes down in turn all
 * that could know of it, and expects both alerts to go on until the agents do.
 */
export async function playStuckAgents(surroundings: Surroundings, report: Report): Promise<void> {
  const { monitoring, commands } = surroundings;
  const client = surroundings.client(STUCK_NAMESPACE);
  let worker = await startWorker(surroundings);
  try {
    for (const { workflowId, workflowType, args } of AGENTS) {
      await client.workflow.start(workflowType, { workflowId, taskQueue: TASK_QUEUE, args: [...args] });
    }
    for (const agent of AGENTS) {
      const delivery = await untilDelivered(monitoring.receiver, match(agent, 'firing'), DELIVERY_MS);
      if (delivery === undefined) {
        report.fail(agent.workflowType, `${agent.alert} was not delivered`);
        continue;
      }
      report.line(agent.workflowType, `delivered: ${agent.alert}: ${delivery.alert.annotations.summary}`);
      const { command } = delivery.alert.annotations;
      const wrong = await checkCommand(commands, command, agent.workflowId);
      if (wrong !== undefined) report.fail(agent.workflowType, wrong);
      else report.line(agent.workflowType, `  names the run: ${command}`);
    }

    await kill(worker);
    await expectGoingOn('the worker was killed', surroundings, report);
    await surroundings.restartExporter();
    await expectGoingOn('the exporter was restarted', surroundings, report);
    await monitoring.restartPrometheus();
    await expectGoingOn('Prometheus was restarted', surroundings, report);

    worker = await startWorker(surroundings);
    const wentOnAt = Date.now();
    for (const { workflowId } of AGENTS) await client.workflow.getHandle(workflowId).signal('proceed');
    for (const agent of AGENTS) {
      const resolution = { ...match(agent, 'resolved'), after: wentOnAt };
      if ((await untilDelivered(monitoring.receiver, resolution, DELIVERY_MS)) === undefined) {
        report.fail(agent.workflowType, `${agent.alert} was not resolved`);
      } else report.line(agent.workflowType, `resolved: ${agent.alert}`);
    }
  } finally {
    await kill(worker);
  }
}

/** In Prometheus, and without a notification to the contrary. */
async function expectGoingOn(what: string, { monitoring }: Surroundings, report: Report): Promise<void> {
  await sleep(GOES_ON_MS);
  const firing = await monitoring.firing();
  for (const agent of AGENTS) {
    const goesOn = firing.some((labels) => labels.alertname === agent.alert && labels.task_type === agent.workflowType);
    if (!goesOn) report.fail(agent.workflowType, `${agent.alert} does not fire after ${what}`);
    else if (deliveries(monitoring.receiver, match(agent, 'resolved')).length > 0) {
      report.fail(agent.workflowType, `${agent.alert} was resolved although nothing but this had happened: ${what}`);
    } else report.line(agent.workflowType, `still fires ${GOES_ON_MS / 1000} s after ${what}`);
  }
}

function match({ alert, severity, workflowType }: StuckAgent, status: 'firing' | 'resolved') {
  const labels = { alertname: alert, severity, temporal_namespace: STUCK_NAMESPACE, task_type: workflowType };
  return { status, labels };
}

async function startWorker({ address, contentDirectory, ports }: Surroundings): Promise<ChildProcess> {
  const order: StuckWorkerOrder = {
    address,
    contentDirectory,
    namespace: STUCK_NAMESPACE,
    taskQueue: TASK_QUEUE,
    ...ports(STUCK_NAMESPACE),
  };
  const child = fork(path.join(__dirname, 'stuck-worker.ts'), [JSON.stringify(order)], {
    execArgv: ['--import', 'tsx'],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const exited = once(child, 'exit').then(() => {
    throw new Error('the worker of the stuck agents ended');
  });
  await Promise.race([once(child, 'message'), exited]);
  return child;
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGKILL');
  await exited;
}
