/**
 * The dashboards of the package, made to fit.
 *
 * @module
 */

import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { DEFAULT_RULE_CONFIG as DEFAULTS, type RuleConfig } from '../../rules/rule-config';

/** Beside `lib`, in the package and in the project. */
const FOLDER = path.join(__dirname, '../../../dashboards');

/** Where a matcher begins to name metrics of the Core SDK, whose names begin like ours. */
const CORE_METRICS = new RegExp(`(__name__=~\\\\")${DEFAULTS.core.prefix}(?!agent_)`, 'g');

/** Texts of the dashboards by their file names. */
export function dashboardFiles(config: RuleConfig): ReadonlyMap<string, string> {
  const names = readdirSync(FOLDER).filter((name) => name.endsWith('.json'));
  return new Map(names.map((name) => [name, adapt(readFileSync(path.join(FOLDER, name), 'utf8'), config)]));
}

function adapt(text: string, { labels, jobs, core, selector, urls }: RuleConfig): string {
  const replaced = [
    [DEFAULTS.labels.taskType, labels.taskType],
    [DEFAULTS.labels.namespace, labels.namespace],
    [DEFAULTS.jobs.worker, inJson(jobs.worker)],
    [DEFAULTS.jobs.exporter, inJson(jobs.exporter)],
  ] as const;
  // At once, for a new name may be the old one of another.
  const words = new RegExp(`\\b(${replaced.map(([from]) => from).join('|')})\\b`, 'g');
  const to = new Map<string, string>(replaced);
  return text
    .replace(words, (word) => to.get(word) ?? word)
    .replace(CORE_METRICS, (_, start: string) => start + core.prefix)
    .replaceAll(inJson('job=~"$job"'), (matcher) => (selector === '' ? matcher : `${matcher}, ${inJson(selector)}`))
    .replaceAll(JSON.stringify(DEFAULTS.urls.temporalUi), () => JSON.stringify(urls.temporalUi));
}

/** Text as it stands between the quotes of JSON. */
function inJson(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}
