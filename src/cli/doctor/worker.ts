import { shellQuote } from '../../client/search-attribute-registry';
import { plural } from '../explain/format';
import { type Sample, samplesOf } from './exposition';
import type { HttpTarget } from './http';
import { readMetricsPage } from './metrics-page';
import { checkContent, checkObserverErrors } from './observer-health';
import { Part } from './part';
import type { CheckResult } from './report';
import { some } from './some';
import { Unanswered } from './unanswered';

const FLAG = '--worker-metrics';

export interface Page {
  readonly target: HttpTarget;
  /** Asked for, and not only where it usually is: then nobody there is a problem. */
  readonly isGiven: boolean;
}

/** The endpoint of a worker's metrics, and what a worker says of itself there. */
export async function checkWorker({ target, isGiven }: Page, namespace: string): Promise<CheckResult[]> {
  const part = new Part('worker');
  try {
    const page = await readMetricsPage(part, target, metricsPath(target));
    if (page !== undefined) {
      checkRuns(part, page);
      checkGate(part, page, namespace);
      checkObserverErrors(part, page, namespace);
      checkContent(part, page);
    }
  } catch (error) {
    if (!(error instanceof Unanswered)) throw error;
    if (isGiven || !error.nobody) {
      part.problem('metrics', error.message, `Start the worker with the plugin, or give its address: ${FLAG} <url>.`);
    } else part.warning('metrics', `no worker serves metrics at ${target.address}`, elsewhere(FLAG));
  }
  return part.results;
}

/** Who gives no path means the usual one. */
export function metricsPath(target: HttpTarget): string {
  return target.isRoot ? '/metrics' : '';
}

/** What to do where nobody serves at the usual address. */
export function elsewhere(flag: string): string {
  return `If one runs elsewhere: ${flag} <url>; to leave this out: ${flag} off.`;
}

/** Whether workers run in that process, and whether it outlives one that failed. */
function checkRuns(part: Part, page: string): void {
  const failed = samplesOf(page, 'workersFailed').filter(({ value }) => value > 0);
  const running = samplesOf(page, 'workersRunning').reduce((sum, { value }) => sum + value, 0);
  if (failed.length > 0) {
    part.problem(
      'workers',
      `a worker ended with an error, and its process lives on without another one: task queue ${some(failed.map(queueOf))}`,
      'Restart the process, and let it exit when worker.run() ends. Its log has the error.',
    );
  } else if (running > 0) part.ok('workers', `${plural(running, 'worker runs', 'workers run')} in that process`);
  else {
    part.warning('workers', 'no worker runs in that process', 'Run a worker there, with the plugin among its plugins.');
  }
}

function queueOf({ labels }: Sample): string {
  return `${labels.task_queue} of namespace "${labels.temporal_namespace}"`;
}

/** Whether new runs may write search attributes. */
function checkGate(part: Part, page: string, namespace: string): void {
  const gates = samplesOf(page, 'searchAttributesEnabled');
  // A worker that runs no workflows has none.
  if (gates.length === 0) return;
  const shut = gates.filter(({ value }) => value !== 1);
  if (shut.length > 0) {
    part.warning(
      'search-attributes-enabled',
      `new runs write no search attributes on task queue ${some(shut.map(queueOf))}`,
      `Unless mode or rollout say so: temporal-agent-observability setup --namespace ${shellQuote(shut[0]?.labels.temporal_namespace ?? namespace)}; the worker looks again every few minutes.`,
    );
  } else part.ok('search-attributes-enabled', 'new runs write search attributes');
}
