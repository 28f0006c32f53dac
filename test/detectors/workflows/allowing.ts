import { continueAsNew, executeChild, proxyActivities, workflowInfo } from '@temporalio/workflow';
import { allow, type FindingId } from 'temporal-agent-observability/workflow';
import type { Activities } from '../allow-activities';

const { invokeModel, readArchive } = proxyActivities<Activities>({ startToCloseTimeout: '10 minutes' });

/** What it does is found unless it is allowed; allowances come as they might from careless code. */
async function misbehave(): Promise<void> {
  await invokeModel();
  await readArchive();
}

const allowAll = (allowed: ReadonlyArray<readonly [string, unknown]>) => {
  for (const [finding, reason] of allowed) allow(finding as FindingId, reason as string);
};

export async function allowing(...allowed: ReadonlyArray<readonly [string, unknown]>): Promise<void> {
  allowAll(allowed);
  await misbehave();
}

/** Allows in its first run what its second run does. */
export async function allowingNextRun(allowed: ReadonlyArray<readonly [string, unknown]>, runs = 2): Promise<void> {
  if (runs === 1) return misbehave();
  allowAll(allowed);
  await continueAsNew<typeof allowingNextRun>([], runs - 1);
}

export async function allowingLate(...allowed: ReadonlyArray<readonly [string, unknown]>): Promise<void> {
  await invokeModel();
  allowAll(allowed);
  await misbehave();
}

/** Allows for itself, not for its child. */
export async function allowingParent(...allowed: ReadonlyArray<readonly [string, unknown]>): Promise<void> {
  allowAll(allowed);
  await executeChild('allowing', { args: [], workflowId: `${workflowInfo().workflowId}-child` });
}
