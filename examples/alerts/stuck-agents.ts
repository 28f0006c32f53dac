import { setTimeout as sleep } from 'node:timers/promises';
import { checkCommand } from './check-command';
import { deliveries, untilDelivered, untilQuiet } from './delivered';
import type { Report } from './report';
import { STUCK_NAMESPACE, TIME_SCALE } from './settings';
import type { Surroundings } from './surroundings';
import { kill, startWorker } from './worker-process';

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
const PLACE = { namespace: STUCK_NAMESPACE, taskQueue: TASK_QUEUE };
const DELIVERY_MS = 60_000;
/** How long an alert has to go on after each outage: longer than the 5 minutes that it would without its condition. */
const GOES_ON_MS = (5 * 60_000) / TIME_SCALE + 2_000;

/**
 * Lets an agent run past what is expected of it, and one wait for somebody who does not answer; takes down in turn all
 * that could know of it, and expects both alerts to go on until the agents do.
 */
export async function playStuckAgents(surroundings: Surroundings, report: Report): Promise<void> {
  const { monitoring, commands } = surroundings;
  const client = surroundings.client(STUCK_NAMESPACE);
  const recording = surroundings.record(STUCK_NAMESPACE, STUCK_NAMESPACE);
  let worker = await startWorker('stuck-worker.ts', surroundings, PLACE);
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

    recording?.mark('worker killed');
    await kill(worker);
    await expectGoingOn('the worker was killed', surroundings, report);
    recording?.mark('exporter restarted');
    await surroundings.restartExporter();
    await expectGoingOn('the exporter was restarted', surroundings, report);
    await monitoring.restartPrometheus();
    await expectGoingOn('Prometheus was restarted', surroundings, report);

    worker = await startWorker('stuck-worker.ts', surroundings, PLACE);
    const wentOnAt = Date.now();
    recording?.mark('mended');
    for (const { workflowId } of AGENTS) await client.workflow.getHandle(workflowId).signal('proceed');
    for (const agent of AGENTS) {
      const resolution = { ...match(agent, 'resolved'), after: wentOnAt };
      if ((await untilDelivered(monitoring.receiver, resolution, DELIVERY_MS)) === undefined) {
        report.fail(agent.workflowType, `${agent.alert} was not resolved`);
      } else report.line(agent.workflowType, `resolved: ${agent.alert}`);
    }
    if (recording !== undefined) await untilQuiet(monitoring, STUCK_NAMESPACE, DELIVERY_MS);
  } finally {
    await recording?.end();
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
