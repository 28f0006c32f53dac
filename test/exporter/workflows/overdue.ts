import { ApplicationFailure, continueAsNew, proxyActivities, sleep } from '@temporalio/workflow';

const { lookUp } = proxyActivities<{ lookUp(): Promise<string> }>({ startToCloseTimeout: '1 minute' });

/** Ends as it is told. */
export async function agent(end: 'completes' | 'fails' | 'stays'): Promise<void> {
  if (end === 'fails') throw ApplicationFailure.nonRetryable('told to');
  if (end === 'stays') await sleep('1 hour');
}

/** Continues as new so many times, then goes on for an hour, or ends. */
export async function longAgent(runsLeft: number, end: 'completes' | 'stays'): Promise<void> {
  await lookUp();
  if (runsLeft > 0) {
    await sleep(100);
    await continueAsNew<typeof longAgent>(runsLeft - 1, end);
  }
  if (end === 'stays') await sleep('1 hour');
}
