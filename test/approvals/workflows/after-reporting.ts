import { condition, defineSignal, proxyActivities, setHandler } from '@temporalio/workflow';
import { reportApproval } from 'temporal-agent-observability/workflow';
import type { Activities } from '../../plugin/activities';

const { search } = proxyActivities<Activities>({ startToCloseTimeout: '1 minute' });

/** The same with its approval reported. */
export async function contract(): Promise<string> {
  let signed = false;
  setHandler(defineSignal('seen'), () => {
    reportApproval({ id: 'contract', state: 'acknowledged' });
  });
  setHandler(defineSignal('sign'), () => {
    signed = true;
  });
  const dueAt = Date.now() + 3_600_000;
  reportApproval({ id: 'contract', state: 'submitted', dueAt });
  await search('the contract');
  reportApproval({ id: 'contract', state: 'submitted', dueAt });
  await condition(() => signed, '1 hour');
  reportApproval({ id: 'contract', state: signed ? 'approved' : 'timed_out' });
  return await search('the archive');
}
