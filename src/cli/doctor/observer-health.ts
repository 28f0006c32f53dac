/**
 * What workers and the exporter count of their own trouble.
 *
 * @module
 */

import { shellQuote } from '../../client/search-attribute-registry';
import type { ObserverPart } from '../../definitions/observer-parts';
import { plural } from '../explain/format';
import { samplesOf } from './exposition';
import type { Part } from './part';

const STORE = 'see that the content directory can be written and its disk has room, or that the store answers';
const FORM = 'a response has a form that is not known; the call is recorded without what could not be read';
const REPORT = 'most likely a defect of this package: report it with the stack that the log has';

/** What mends errors, by the part that has them. `<namespace>` stands for the one that is looked at. */
const MENDING: Readonly<Record<ObserverPart, string>> = {
  plugin: REPORT,
  gate: REPORT,
  workflow: REPORT,
  client: REPORT,
  activity: REPORT,
  detector: REPORT,
  reader: FORM,
  tokens: FORM,
  pricing: FORM,
  redact: 'your redactor throws; what it throws at is not stored',
  content: STORE,
  journal: STORE,
  metrics: 'see that the port of the metrics is free, and that your registry holds no metric of ours',
  tracing: REPORT,
  search_attributes:
    'Temporal refuses to list them, which `temporal-agent-observability setup --namespace <namespace> --dry-run` asks too',
  exporter: 'its /readyz says what it cannot read',
};

/** Errors by part, and what mends each. */
export function checkObserverErrors(part: Part, page: string, namespace: string): void {
  const errors = new Map<string, number>();
  for (const { labels, value } of samplesOf(page, 'observerErrors')) {
    const name = labels.part ?? 'unknown';
    if (value > 0) errors.set(name, (errors.get(name) ?? 0) + value);
  }
  if (errors.size === 0) {
    part.ok('observer-errors', 'no errors inside the observer');
    return;
  }
  const found = [...errors].map(([name, count]) => `${count} in ${name}`);
  part.warning(
    'observer-errors',
    `errors inside the observer since it started: ${found.join(', ')}; agents are not affected`,
    `Its log names each cause once. ${mending([...errors.keys()], namespace)}`,
  );
}

/** Parts that are mended in the same way are named together. */
function mending(names: readonly string[], namespace: string): string {
  const byCure = new Map<string, string[]>();
  for (const name of names) {
    const cure = MENDING[name as ObserverPart] ?? REPORT;
    byCure.set(cure, [...(byCure.get(cure) ?? []), name]);
  }
  return [...byCure]
    .map(([cure, parts]) => `${parts.join(', ')}: ${cure.replace('<namespace>', shellQuote(namespace))}.`)
    .join(' ');
}

/** Records and contents that are lost. */
export function checkContent(part: Part, page: string): void {
  const total = (key: 'contentDropped' | 'contentFailed') =>
    samplesOf(page, key).reduce((sum, { value }) => sum + value, 0);
  const dropped = total('contentDropped');
  const failed = total('contentFailed');
  if (dropped + failed === 0) {
    part.ok('content', 'no record or content is lost');
    return;
  }
  const lost = [
    ...(dropped > 0 ? [`${plural(dropped, 'record or content', 'records or contents')} given up`] : []),
    ...(failed > 0 ? [`${plural(failed, 'content', 'contents')} refused by the store`] : []),
  ];
  part.warning(
    'content',
    `since it started: ${lost.join(', ')}; explain and findings miss what is lost`,
    'Free the disk or mend the way to the store, which the log names. Where more is recorded than the store takes, record less: the option content.capture.',
  );
}
