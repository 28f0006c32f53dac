/**
 * What a bundle is built with. Options reach the sandbox only here; the host reads the same line back from the bundle's
 * code to know which attributes it writes.
 *
 * @module
 */

import { REQUIRED_SEARCH_ATTRIBUTE, SEARCH_ATTRIBUTE_NAMES, type SearchAttributeName } from './search-attributes';
import { DEFAULT_THRESHOLDS, type Thresholds } from './thresholds';
import { BUNDLE_MARKER } from './wire';

export interface BundleConfig {
  /** Attributes that runs of this bundle may write; always with `AgentTaskType`. */
  readonly keys: readonly SearchAttributeName[];
  /** Task type by workflow type, for workflows whose client names none. */
  readonly taskTypes: Readonly<Record<string, string>>;
  /** What the detectors in the sandbox decide by. */
  readonly thresholds: Thresholds;
}

/** Every attribute, every task type that of its workflow. */
export const DEFAULT_BUNDLE_CONFIG: BundleConfig = {
  keys: SEARCH_ATTRIBUTE_NAMES,
  taskTypes: {},
  thresholds: DEFAULT_THRESHOLDS,
};

/** The marker line; it has no character that JavaScript or a minifier would escape. */
export function encodeBundleConfig(config: BundleConfig): string {
  const { keys, taskTypes, thresholds } = config;
  const json = JSON.stringify({ keys, taskTypes, thresholds }, infinityAsNull);
  return `${BUNDLE_MARKER} ${encodeURIComponent(json).replace(/[!'()*]/g, percentEncode)};`;
}

/** The configuration in a marker line or in a whole bundle's code; `undefined` when there is none. */
export function decodeBundleConfig(code: string): BundleConfig | undefined {
  const start = code.indexOf(`${BUNDLE_MARKER} %`);
  if (start === -1) return undefined;
  const end = code.indexOf(';', start);
  if (end === -1) return undefined;
  try {
    const value = JSON.parse(decodeURIComponent(code.slice(start + BUNDLE_MARKER.length + 1, end)), nullAsInfinity);
    const keys = SEARCH_ATTRIBUTE_NAMES.filter(
      (name) => name === REQUIRED_SEARCH_ATTRIBUTE || value.keys.includes(name),
    );
    return { keys, taskTypes: { ...value.taskTypes }, thresholds: { ...DEFAULT_THRESHOLDS, ...value.thresholds } };
  } catch {
    return undefined;
  }
}

/** JSON has no infinity, and nothing else here is null. */
function infinityAsNull(_key: string, value: unknown): unknown {
  return value === Number.POSITIVE_INFINITY ? null : value;
}

function nullAsInfinity(_key: string, value: unknown): unknown {
  return value === null ? Number.POSITIVE_INFINITY : value;
}

function percentEncode(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
}
