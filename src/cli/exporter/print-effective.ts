/**
 * The options in force, in the form of the configuration file.
 *
 * @module
 */

import { Document, isNode, isScalar, isSeq } from 'yaml';
import type { EffectiveOptions } from '../../exporter/options/resolve-exporter';

/** What `exporter --check --json` prints. */
export interface EffectiveConfiguration {
  readonly options: unknown;
  /** Where an option was given, by its path; defaults are left out. */
  readonly sources: Readonly<Record<string, string>>;
}

/** Each option with where it comes from; an API key is not shown. */
export function effectiveYaml(effective: EffectiveOptions): string {
  return toDocument(effective).toString({ lineWidth: 0 }).trimEnd();
}

export function effectiveJson(effective: EffectiveOptions): EffectiveConfiguration {
  const given = effective.all().flatMap(({ option, key, source }) => {
    if (source === undefined) return [];
    return [[pathOf(option, key).join('.'), source] as const];
  });
  return { options: toDocument(effective).toJS(), sources: Object.fromEntries(given) };
}

function toDocument(effective: EffectiveOptions): Document {
  const document = new Document({});
  for (const { option, key, raw, source } of effective.all()) {
    const node = document.createNode(option === 'temporal.apiKey' ? '***' : raw);
    if (isSeq(node)) node.flow = true;
    if (isNode(node) && (isScalar(node) || isSeq(node))) node.comment = ` ${source ?? 'default'}`;
    document.setIn(pathOf(option, key), node);
  }
  return document;
}

function pathOf(option: string, key: string | undefined): string[] {
  return option.split('.').map((part) => (part === '*' ? (key ?? part) : part));
}
