/**
 * The dashboards of the package, made to fit. Jobs are a variable of theirs, and need no change.
 *
 * @module
 */

import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { DEFAULT_RULE_CONFIG as DEFAULTS, type RuleConfig } from '../../rules/rule-config';

/** Beside `lib`, in the package and in the project. */
const FOLDER = path.join(__dirname, '../../../dashboards');

/** Texts of the dashboards by their file names. */
export function dashboardFiles(config: RuleConfig): ReadonlyMap<string, string> {
  const names = readdirSync(FOLDER).filter((name) => name.endsWith('.json'));
  return new Map(names.map((name) => [name, adapt(readFileSync(path.join(FOLDER, name), 'utf8'), config)]));
}

function adapt(text: string, { labels, selector, urls }: RuleConfig): string {
  // At once, for a new name may be the old one of the other.
  const names = new Map([
    [DEFAULTS.labels.taskType, labels.taskType],
    [DEFAULTS.labels.namespace, labels.namespace],
  ]);
  return text
    .replace(new RegExp(`\\b(${[...names.keys()].join('|')})\\b`, 'g'), (name) => names.get(name) ?? name)
    .replaceAll(inJson('job=~"$job"'), (matcher) => (selector === '' ? matcher : `${matcher}, ${inJson(selector)}`))
    .replaceAll(JSON.stringify(DEFAULTS.urls.temporalUi), () => JSON.stringify(urls.temporalUi));
}

/** Text as it stands between the quotes of JSON. */
function inJson(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}
