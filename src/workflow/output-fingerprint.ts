/**
 * Recognises a large piece of JSON inside another, without keeping it.
 *
 * Texts here have one character a byte, so that positions are sizes.
 *
 * @module
 */

/** Bytes of the beginning that are searched for, and of the end that are compared first. */
const EDGE = 64;

/** Places whose edges are compared. From the end, since what came last stands last. */
const MAX_PLACES = 4096;

/** Places of these that are compared whole: of a text that repeats itself, every place looks like the beginning. */
const MAX_COMPARED = 3;

/** Quotes that are looked at for the longest string. */
const MAX_QUOTES = 100_000;

export interface Fingerprint {
  readonly bytes: number;
  readonly head: string;
  readonly tail: string;
  readonly hash: number;
  /** Whether it may also stand inside a string, escaped once more. */
  readonly isDocument: boolean;
}

let decoder: InstanceType<typeof TextDecoder> | undefined;

/** One character a byte. */
export function byteText(data: Uint8Array): string {
  decoder ??= new TextDecoder('latin1');
  return decoder.decode(data);
}

/**
 * Fingerprints of a JSON document: of the whole where it is an object or an array, and of its longest string, which is
 * what tools often wrap and loops unwrap. Only of what has more than `aboveBytes`.
 */
export function fingerprintsOf(json: string, aboveBytes: number): readonly Fingerprint[] {
  const found: Fingerprint[] = [];
  if (json.length > aboveBytes && !json.startsWith('"')) found.push(fingerprint(json, 0, json.length, true));
  const [start, end] = longestString(json);
  if (end - start > aboveBytes) found.push(fingerprint(json, start, end, false));
  return found.filter(({ bytes }) => bytes >= 2 * EDGE);
}

/** Whether the whole of it stands in `json`, to the byte, or escaped as a string in a string is. */
export function containsOutput(json: string, output: Fingerprint): boolean {
  return (
    containsAsIs(json, output) || (output.isDocument && json.length > output.bytes && containsEscaped(json, output))
  );
}

function containsAsIs(json: string, { bytes, head, tail, hash }: Fingerprint): boolean {
  let at = json.lastIndexOf(head, json.length - bytes);
  let compared = 0;
  for (let places = 0; at >= 0 && places < MAX_PLACES && compared < MAX_COMPARED; places++) {
    if (json.startsWith(tail, at + bytes - EDGE)) {
      if (hashOf(json, at, at + bytes) === hash) return true;
      compared++;
    }
    at = at === 0 ? -1 : json.lastIndexOf(head, at - 1);
  }
  return false;
}

function containsEscaped(json: string, { bytes, head, hash }: Fingerprint): boolean {
  const escaped = head.replace(/["\\]/g, '\\$&');
  let at = json.lastIndexOf(escaped, json.length - bytes);
  for (let compared = 0; at >= 0 && compared < MAX_COMPARED; compared++) {
    if (hashOfEscaped(json, at, bytes) === hash) return true;
    at = at === 0 ? -1 : json.lastIndexOf(escaped, at - 1);
  }
  return false;
}

function fingerprint(json: string, start: number, end: number, isDocument: boolean): Fingerprint {
  const head = copy(json, start);
  const tail = copy(json, end - EDGE);
  return { bytes: end - start, head, tail, hash: hashOf(json, start, end), isDocument };
}

/** A slice would keep the whole text alive. */
function copy(text: string, start: number): string {
  return String.fromCharCode(...Array.from({ length: EDGE }, (_, i) => text.charCodeAt(start + i)));
}

function longestString(json: string): readonly [number, number] {
  let longest: readonly [number, number] = [0, 0];
  let open = json.indexOf('"');
  for (let quotes = 0; open !== -1 && quotes < MAX_QUOTES; quotes++) {
    let close = json.indexOf('"', open + 1);
    while (close !== -1 && isEscaped(json, close) && quotes++ < MAX_QUOTES) close = json.indexOf('"', close + 1);
    if (close === -1 || isEscaped(json, close)) break;
    if (close - open - 1 > longest[1] - longest[0]) longest = [open + 1, close];
    open = json.indexOf('"', close + 1);
  }
  return longest;
}

function isEscaped(json: string, quote: number): boolean {
  let slashes = 0;
  while (json[quote - 1 - slashes] === '\\') slashes++;
  return slashes % 2 === 1;
}

const FNV_OFFSET = 0x811c9dc5;
const FNV_PRIME = 0x01000193;

function hashOf(text: string, start: number, end: number): number {
  let hash = FNV_OFFSET;
  for (let i = start; i < end; i++) hash = Math.imul(hash ^ text.charCodeAt(i), FNV_PRIME);
  return hash;
}

/** The hash of `bytes` bytes as they are when unescaped once. */
function hashOfEscaped(text: string, start: number, bytes: number): number {
  let hash = FNV_OFFSET;
  let at = start;
  for (let i = 0; i < bytes; i++, at++) {
    if (text[at] === '\\') at++;
    hash = Math.imul(hash ^ text.charCodeAt(at), FNV_PRIME);
  }
  return hash;
}
