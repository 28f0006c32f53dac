import { condition, defineSignal, makeContinueAsNewFunc, proxyActivities, setHandler } from '@temporalio/workflow';
import type { Activities } from '../../plugin/activities';

const { search } = proxyActivities<Activities>({ startToCloseTimeout: '1 minute' });

/** The code of another day, which asks for nothing any more. */
export async function moves(options: unknown, taskQueue: string, ...rest: string[]): Promise<unknown> {
  let told = 0;
  setHandler(defineSignal('proceed'), () => {
    told++;
  });
  await search('something to write attributes for');
  await condition(() => told > 0);
  return await makeContinueAsNewFunc<typeof moves>({ taskQueue })(options, ...(rest as [string]));
}
