import {
  CancellationScope,
  condition,
  continueAsNew,
  defineSignal,
  isCancellation,
  proxyActivities,
  setHandler,
} from '@temporalio/workflow';
import { type ApprovalDecision, reportApproval, requestApproval } from 'temporal-agent-observability/workflow';
import type { Activities } from '../activities';

const { callModel, search } = proxyActivities<Activities>({ startToCloseTimeout: '1 minute' });

const summary = ({ id, approved, outcome, actor }: ApprovalDecision) => [id, approved, outcome, actor ?? null];

/** Work before, between and after, so that both rules write. */
export async function approvalBetweenWork(): Promise<unknown> {
  await callModel({ model: 'gpt-5-mini', turn: 1 });
  const first = await requestApproval({ id: 'refund', subject: 'Refund 12', timeout: '1 hour' });
  await search('after the approval');
  const second = await requestApproval({ id: 'email', timeout: '1 hour', onTimeout: 'fail' });
  await callModel({ model: 'gpt-5-mini', turn: 2 });
  return [first, second].map(summary);
}

export async function approvalEscalates(): Promise<unknown> {
  const decision = await requestApproval({
    id: 'contract',
    timeout: 300,
    onTimeout: { escalateTo: 'lead', timeout: 300, then: { escalateTo: 'head', timeout: 300, then: 'approve' } },
  });
  await search('after the time-out');
  return [summary(decision), decision.changes.map(({ state }) => state)];
}

export async function approvalTimesOut(): Promise<unknown> {
  await requestApproval({ id: 'contract', timeout: 300, onTimeout: 'fail' });
  return 'unreachable';
}

/** Several are open at once, beside an activity; they end in another order than they began. */
export async function approvalsSideBySide(): Promise<unknown> {
  const [decisions, found] = await Promise.all([
    Promise.all(['a', 'b', 'c'].map((id) => requestApproval({ id, timeout: '1 hour' }))),
    search('beside the approvals'),
  ]);
  return [decisions.map(summary), found];
}

export async function approvalCancelled(): Promise<unknown> {
  const scope = new CancellationScope();
  const asked = scope.run(() => requestApproval({ id: 'given-up', timeout: '1 hour' }));
  await search('meanwhile');
  scope.cancel();
  const outcome = await asked.catch((error) => (isCancellation(error) ? 'cancelled' : 'failed'));
  const again = await requestApproval({ id: 'given-up', timeout: 200, onTimeout: 'approve' });
  return [outcome, summary(again)];
}

/** Decided by a signal that comes before it is asked for. */
export async function approvalDecidedEarly(): Promise<unknown> {
  const first = await requestApproval({ id: 'opens-the-handlers', timeout: 1000, onTimeout: 'reject' });
  const second = await requestApproval({ id: 'early', timeout: '1 hour' });
  return [first, second].map(summary);
}

export async function approvalAcrossRuns(run = 1): Promise<unknown> {
  await callModel({ model: 'gpt-5-mini', turn: run });
  const asked = requestApproval({ id: 'long', timeout: '1 hour' });
  if (run < 3) {
    await search(`run ${run}`);
    await continueAsNew<typeof approvalAcrossRuns>(run + 1);
  }
  return summary(await asked);
}

const sign = defineSignal<[string]>('sign');

export async function approvalReported(): Promise<unknown> {
  let signedBy: string | undefined;
  setHandler(sign, (by) => {
    signedBy = by;
  });
  reportApproval({ id: 'contract', state: 'submitted', subject: 'The contract', dueAt: Date.now() + 3_600_000 });
  await search('the contract');
  await condition(() => signedBy !== undefined, '1 hour');
  reportApproval({ id: 'contract', state: 'approved', ...(signedBy !== undefined && { actor: signedBy }) });
  return signedBy;
}

const ask = defineSignal('ask');

/** Decided by a signal that comes before there is a handler for it. */
export async function approvalDecidedUnheard(): Promise<unknown> {
  let told = false;
  setHandler(ask, () => {
    told = true;
  });
  await condition(() => told, '1 hour');
  return summary(await requestApproval({ id: 'unheard', timeout: '1 hour' }));
}
