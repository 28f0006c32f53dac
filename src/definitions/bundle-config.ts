/**
 * What a bundle is built with. Options reach the sandbox only here; the host reads the same line back from the bundle's
 * code to know which attributes it writes.
 *
 * @module
 */

import { REQUIRED_SEARCH_ATTRIBUTE, SEARCH_ATTRIBUTE_NAMES, type SearchAttributeName } from './search-attributes';
import { BUNDLE_MARKER } from './wire';

export interface BundleConfig {
  /** Attributes that runs of this bundle may write; always with `AgentTaskType`. */
  readonly keys: readonly SearchAttributeName[];
  /** Task type by workflow type, for workflows whose client names none. */
  readonly taskTypes: Readonly<Record<string, string>>;
}

/** Every attribute, every task type that of its workflow. */
export const DEFAULT_BUNDLE_CONFIG: BundleConfig = { keys: SEARCH_ATTRIBUTE_NAMES, taskTypes: {} };

/** The marker line; it has no character that JavaScript or a minifier would escape. */
export function encodeBundleConfig(config: BundleConfig): string {
  const json = JSON.stringify({ keys: config.keys, taskTypes: config.taskTypes });
  return `${BUNDLE_MARKER} ${encodeURIComponent(json).replace(/[!'()*]/g, percentEncode)};`;
}

/** The configuration in a marker line or in a whole bundle's code; `undefined` when there is none. */
export function decodeBundleConfig(code: string): BundleConfig | undefined {
  const start = code.indexOf(`${BUNDLE_MARKER} %`);
  if (start === -1) return undefined;
  const end = code.indexOf(';', start);
  if (end === -1) return undefined;
  try {
    const value = JSON.parse(decodeURIComponent(code.slice(start + BUNDLE_MARKER.length + 1, end)));
    const keys = SEARCH_ATTRIBUTE_NAMES.filter(
      (name) => name === REQUIRED_SEARCH_ATTRIBUTE || value.keys.includes(name),
    );
    return { keys, taskTypes: { ...value.taskTypes } };
  } catch {
    return undefined;
  }
}

function percentEncode(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
}
