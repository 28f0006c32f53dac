import { setTimeout as sleep } from 'node:timers/promises';
import type { Surroundings } from '../surroundings';
import { kill, startWorker } from '../worker-process';
import type { Trouble, TroubleInPlay } from './trouble';

export const MODELS: Trouble = {
  name: 'models',
  namespace: 'trouble-models',
  breaks: 'Providers fail, limit, refuse, take their time, want to be paid, and are asked for more than the budget.',
  cure: 'Providers answer at once, and little is asked.',
  alerts: [
    { alert: 'TemporalAgentModelErrors', severity: 'warning', names: 'answer-' },
    { alert: 'TemporalAgentModelRateLimited', severity: 'warning', names: 'classify-' },
    { alert: 'TemporalAgentModelRefusals', severity: 'warning', names: 'moderate-' },
    { alert: 'TemporalAgentModelSlow', severity: 'warning', names: 'plan-' },
    { alert: 'TemporalAgentQuotaExhausted', severity: 'critical', names: 'translate-' },
    { alert: 'TemporalAgentTokenBurn', severity: 'warning', names: 'digest-' },
    { alert: 'TemporalAgentCostBurn', severity: 'warning', names: 'digest-' },
  ],
};

interface Traffic {
  readonly taskType: string;
  readonly model: string;
  /** What its provider does. */
  readonly plan: string;
  /** Seconds between agents. */
  readonly every: number;
}

const TRAFFIC: readonly Traffic[] = [
  { taskType: 'answer', model: 'gpt-5-mini', plan: '[plan: 500 once]', every: 1 },
  { taskType: 'classify', model: 'gpt-4.1', plan: '[plan: 429 once]', every: 1 },
  { taskType: 'moderate', model: 'gpt-4o', plan: '[plan: refuse]', every: 1 },
  { taskType: 'plan', model: 'gpt-5.1', plan: '[plan: delay=1500]', every: 1 },
  { taskType: 'translate', model: 'gpt-4.1-mini', plan: '[plan: quota always]', every: 10 },
  { taskType: 'digest', model: 'gpt-5', plan: '[plan: reasoning=1000000]', every: 2 },
];

const SECOND_MS = 1_000;

/** Seconds between healthy agents, and for how long there are any. */
const HEALTHY = { every: 5, seconds: 40 } as const;

/** Agents of each task type start all the time, healthy ones for a while in the end. */
export async function beginModelTroubles(surroundings: Surroundings): Promise<TroubleInPlay> {
  const { namespace } = MODELS;
  const taskQueue = 'models';
  const worker = await startWorker('troubles/worker.ts', surroundings, { namespace, taskQueue });
  const client = surroundings.client(namespace);
  let healthySeconds: number | undefined;
  let isEnded = false;
  const startAgents = async () => {
    for (let second = 0; !isEnded && (healthySeconds ?? 0) < HEALTHY.seconds; second++) {
      const isMended = healthySeconds !== undefined;
      if (healthySeconds !== undefined) healthySeconds++;
      const due = TRAFFIC.filter(({ every }) => second % (isMended ? HEALTHY.every : every) === 0);
      await Promise.all([
        sleep(SECOND_MS),
        ...due.map(({ taskType, model, plan }) => {
          // A conversation has its faults once.
          const prompt = `Question ${second}. ${isMended ? '' : plan}`;
          return client.workflow.start(taskType, {
            workflowId: `${taskType}-${second}`,
            taskQueue,
            args: [model, prompt],
          });
        }),
      ]);
    }
  };
  const starting = startAgents();
  return {
    mend: async () => {
      healthySeconds = 0;
    },
    end: async () => {
      isEnded = true;
      await starting;
      await kill(worker);
    },
  };
}
