import { condition, defineSignal, proxyActivities, setHandler } from '@temporalio/workflow';
import type { Activities } from '../../plugin/activities';

const { search } = proxyActivities<Activities>({ startToCloseTimeout: '1 minute' });

/** An approval made by hand, before anybody thought of reporting it. */
export async function contract(): Promise<string> {
  let signed = false;
  setHandler(defineSignal('seen'), () => {});
  setHandler(defineSignal('sign'), () => {
    signed = true;
  });
  await search('the contract');
  await condition(() => signed, '1 hour');
  return await search('the archive');
}
