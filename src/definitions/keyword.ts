/**
 * Keyword values of search attributes.
 *
 * @module
 */

import { KEYWORD_MAX_CHARS } from './limits';

/**
 * A value that visibility stores whole. A longer one keeps its beginning and ends in a hash, so that equal values stay
 * equal and different ones different. `undefined` for what is no usable value.
 */
export function keywordValue(value: unknown): string | undefined {
  if (typeof value !== 'string' || value === '') return undefined;
  if (value.length <= KEYWORD_MAX_CHARS) return storable(value);
  const hash = `~${fingerprint(value)}`;
  return storable(value.slice(0, KEYWORD_MAX_CHARS - hash.length)) + hash;
}

/** SQL text columns take neither NUL nor half a surrogate pair, and a refused value fails the workflow task for ever. */
function storable(text: string): string {
  return text.replace(/[\0\p{Cs}]/gu, '\uFFFD');
}

/** A short text that is the same for the same text, and another for another one, by all that chance allows in 64 bits. */
export function fingerprint(text: string): string {
  return `${hashHex(text, 0x811c9dc5)}${hashHex(text, 0x01234567)}`;
}

/** A number in [0, 1) that is the same for the same text, everywhere and for ever. */
export function stableShare(text: string): number {
  return hash32(text, 0x811c9dc5) / 2 ** 32;
}

function hashHex(text: string, seed: number): string {
  return hash32(text, seed).toString(16).padStart(8, '0');
}

/** FNV-1a over UTF-16 units with a final avalanche, since its high bits alone spread short, similar ids badly. */
function hash32(text: string, seed: number): number {
  let hash = seed;
  for (let i = 0; i < text.length; i++) {
    hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
