import type { WorkflowService } from '@temporalio/client';
import type { RunId } from '../../client/visible-run';
import { redactErrorText } from '../../content/redaction';
import { isNotFoundError } from '../cli-error';
import { describeRun } from '../explain/describe-run';
import type { ExplainedWait } from '../explain/explanation';
import { foldHistory } from '../explain/fold-history';
import { formatCount, plural } from '../explain/format';
import { readHistory } from '../explain/read-history';
import { explainWaiting } from '../explain/waiting-for';

/** Events that are read of a run; timers, and why a workflow task fails, stand among the last ones as a rule. */
const MAX_EVENTS = 1000;

export interface RunWaits {
  readonly waitingFor: readonly ExplainedWait[];
  /** What was not read of it. */
  readonly note?: string;
}

/** What a run waits for now; `undefined` where it has closed meanwhile. */
export async function describeWaits(
  service: WorkflowService,
  namespace: string,
  { workflowId, runId }: RunId,
  maxEvents = MAX_EVENTS,
): Promise<RunWaits | undefined> {
  try {
    const description = await describeRun(service, namespace, workflowId, runId);
    if (description.closedAtMs !== undefined) return undefined;
    const totalEvents = description.events;
    const events = await readHistory(service, { namespace, workflowId, runId, totalEvents, limit: maxEvents });
    const waitingFor = explainWaiting(description, foldHistory(runId, events), redactErrorText);
    if (events.length >= totalEvents) return { waitingFor };
    const note = `Of ${workflowId} only the newest ${formatCount(events.length)} of ${plural(totalEvents, 'event')} were read: timers that were started before are not shown.`;
    return { waitingFor, note };
  } catch (error) {
    if (isNotFoundError(error)) return undefined;
    throw error;
  }
}
