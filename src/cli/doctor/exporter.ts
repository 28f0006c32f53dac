import { shellQuote } from '../../client/search-attribute-registry';
import { samplesOf } from './exposition';
import type { HttpTarget } from './http';
import { readMetricsPage } from './metrics-page';
import { checkObserverErrors } from './observer-health';
import { Part } from './part';
import type { CheckResult } from './report';
import { Unanswered } from './unanswered';
import { elsewhere, metricsPath, type Page } from './worker';

const FLAG = '--exporter';

/**
 * Whether the exporter runs, reads what it shall, and watches the namespace.
 *
 * @param worker - may have the exporter inside
 */
export async function checkExporter(
  { target, isGiven }: Page,
  namespace: string,
  worker: HttpTarget | undefined,
): Promise<CheckResult[]> {
  const part = new Part('exporter');
  const start = `temporal-agent-observability exporter --namespace ${shellQuote(namespace)}; or give its address: ${FLAG} <url>`;
  try {
    const { status } = await target.get('/healthz');
    if (status === 200) part.ok('healthz', `answers at ${target.address}`);
    else part.problem('healthz', `${target.address}/healthz answers with status ${status}`, start);
  } catch (error) {
    if (!(error instanceof Unanswered)) throw error;
    const inWorker = isGiven || !error.nobody ? undefined : await pageOfWorker(worker);
    if (inWorker !== undefined) {
      part.ok('healthz', 'runs inside a worker');
      checkWatched(part, inWorker, namespace);
    } else if (isGiven || !error.nobody) part.problem('healthz', error.message, start);
    else part.warning('healthz', `no exporter runs at ${target.address}`, `${start}. ${elsewhere(FLAG)}`);
    return part.results;
  }
  await part.attempt('readyz', start, async () => {
    const { status, text } = await target.get('/readyz');
    const [, ...why] = text.trim().split('\n');
    if (status === 200) part.ok('readyz', why.join('; ') || 'ready');
    else if (status === 503) {
      part.problem(
        'readyz',
        why.join('; ') || 'not ready',
        'Its log says since when; see also what is said of Temporal.',
      );
    } else {
      part.problem(
        'readyz',
        `/readyz answers with status ${status}: this is no exporter`,
        `Give its address: ${FLAG} <url>.`,
      );
    }
  });
  await part.attempt('metrics', start, async () => {
    const page = await readMetricsPage(part, target, '/metrics');
    if (page === undefined) return;
    checkWatched(part, page, namespace);
    checkObserverErrors(part, page, namespace);
  });
  return part.results;
}

/** The metrics of a worker that has the exporter inside. */
async function pageOfWorker(worker: HttpTarget | undefined): Promise<string | undefined> {
  try {
    const page = await worker?.get(metricsPath(worker));
    return page !== undefined && samplesOf(page.text, 'exporterPollInterval').length > 0 ? page.text : undefined;
  } catch (error) {
    // What is wrong with the worker is said of the worker.
    if (error instanceof Unanswered) return undefined;
    throw error;
  }
}

function checkWatched(part: Part, page: string, namespace: string): void {
  const watched = samplesOf(page, 'exporterPollInterval').map(({ labels }) => labels.temporal_namespace ?? '');
  if (watched.includes(namespace)) part.ok('namespace', `watches namespace "${namespace}"`);
  else {
    part.warning(
      'namespace',
      `watches ${watched.map((name) => `"${name}"`).join(', ') || 'nothing'}, and not namespace "${namespace}"`,
      'Add it to the namespaces of the exporter, or choose another with --namespace.',
    );
  }
}
