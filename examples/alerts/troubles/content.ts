import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Surroundings } from '../surroundings';
import { kill, startWorker } from '../worker-process';
import type { Trouble, TroubleInPlay } from './trouble';

export const CONTENT: Trouble = {
  name: 'content',
  namespace: 'trouble-content',
  breaks: 'The directory of records and contents is gone, as when a volume is unmounted.',
  cure: 'It is back.',
  alerts: [
    { alert: 'TemporalAgentContentDropped', severity: 'warning' },
    { alert: 'TemporalAgentObserverErrors', severity: 'warning' },
  ],
};

const EVERY_MS = 1_000;

/** Agents start all the time, and need not know. */
export async function beginContentTrouble(surroundings: Surroundings): Promise<TroubleInPlay> {
  const { namespace } = CONTENT;
  const taskQueue = 'content';
  const contentDirectory = path.join(surroundings.contentDirectory, '..', 'mounted');
  const unmounted = `${contentDirectory}-away`;
  await mkdir(contentDirectory);
  const worker = await startWorker('troubles/worker.ts', surroundings, { namespace, taskQueue, contentDirectory });
  const client = surroundings.client(namespace);
  let isEnded = false;
  const startAgents = async () => {
    for (let number = 0; !isEnded; number++) {
      const args = ['gpt-5-mini', `Question ${number}. [plan: large=100000]`];
      await client.workflow.start('answer', { workflowId: `answer-${number}`, taskQueue, args });
      await sleep(EVERY_MS);
    }
  };
  const starting = startAgents();
  await sleep(3 * EVERY_MS);
  await rename(contentDirectory, unmounted);
  // Not even root can make directories below a file.
  await writeFile(contentDirectory, '');
  return {
    mend: async () => {
      await rm(contentDirectory);
      await rename(unmounted, contentDirectory);
    },
    end: async () => {
      isEnded = true;
      await starting;
      await kill(worker);
    },
  };
}
