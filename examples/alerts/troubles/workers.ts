import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Recording } from '../recording/recording';
import type { Report } from '../report';
import type { Surroundings } from '../surroundings';
import { kill, startWorker } from '../worker-process';
import type { EndingWorkerMessage } from './ending-worker';
import { playTrouble, type Trouble, type TroubleInPlay } from './trouble';

const NAMESPACE = 'trouble-workers';

export const WORKER_FAILED: Trouble = {
  name: 'worker-failed',
  namespace: NAMESPACE,
  breaks: 'A worker ends with an error, and its process lives on.',
  cure: 'Another worker of its task queue is started.',
  alerts: [{ alert: 'TemporalAgentWorkerFailed', severity: 'warning' }],
};

export const WORKER_DRAINS: Trouble = {
  name: 'worker-drains',
  namespace: NAMESPACE,
  breaks: 'A worker is shut down, and an activity does not heed it.',
  cure: 'The activity ends, and so does the worker.',
  alerts: [{ alert: 'TemporalAgentWorkerWithoutPollers', severity: 'critical' }],
};

/** Time in which the activity starts. */
const STARTS_MS = 2_000;

/** Plays how workers end and leave their process behind, one after the other in the same one. */
export async function playWorkerTroubles(surroundings: Surroundings, report: Report): Promise<void> {
  const taskQueue = 'workers';
  const place = { namespace: NAMESPACE, taskQueue };
  const ofFailed = surroundings.record(WORKER_FAILED.name, NAMESPACE);
  const child = await startWorker('troubles/ending-worker.ts', surroundings, place);
  const tell = async (message: EndingWorkerMessage) => {
    const done = once(child, 'message');
    child.send(message);
    await done;
  };
  const play = async (trouble: Trouble, recording: Recording | undefined, inPlay: () => Promise<TroubleInPlay>) => {
    const resolved = await playTrouble(trouble, inPlay, surroundings, report, recording);
    await resolved();
  };
  const end = async () => {};
  try {
    await play(WORKER_FAILED, ofFailed, async () => {
      await tell('fail');
      return { mend: () => tell('replace'), end };
    });
    const recording = surroundings.record(WORKER_DRAINS.name, NAMESPACE);
    await surroundings.client(NAMESPACE).workflow.start('wait', { workflowId: 'wait-1', taskQueue });
    await sleep(STARTS_MS);
    await play(WORKER_DRAINS, recording, async () => {
      await tell('drain');
      return { mend: () => tell('release'), end };
    });
  } finally {
    await kill(child);
  }
}
