/**
 * Keys of the content store. Everything about a run is one prefix listing:
 * `records/<namespace>/<workflowId>/<runId>/<activityId>-<attempt>.json`, and content is addressed per namespace:
 * `content/<namespace>/sha256/<2 hex>/<hex>`. Findings are under their run, and once more by day, so that the runs which
 * one affects are found: `findings/<namespace>/<day>/<id>/<hash>.json`. Model calls are listed by the hour in which they
 * ended: `calls/<namespace>/<day>/<hour>/<journal id>.jsonl`.
 *
 * @module
 */

import { createHash } from 'node:crypto';

/** What keys begin with. */
export const KEY_ROOTS = ['content', 'records', 'calls', 'findings', 'payloads'] as const;

/** Longest encoded segment, in bytes: file systems allow 255 for a name, and names get an attempt and an ending. */
const MAX_SEGMENT_BYTES = 200;

/** Hex digits of the hash behind `~`: 80 bits. */
const HASH_DIGITS = 20;

const PLAIN = /^[a-z0-9_-]+(?:\.[a-z0-9_-]+)*$/;
const RESERVED_ON_WINDOWS = /^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i;
const UPPER_CASE = /[A-Z]/;
const LONE_SURROGATE = /\p{Surrogate}/u;

/** What stands for an absent or empty id. No encoded id is equal to it, because `~` itself is always encoded. */
export const EMPTY_SEGMENT = '~';

/**
 * Makes any string one path segment that every file system and object store takes, so that equal stays equal and
 * different stays different, on case-insensitive file systems too.
 *
 * Letters, digits, `_`, `-` and inner dots stay; all else is percent-encoded. A segment ends with `~` and a hash of the
 * original where the readable part alone would not tell strings apart: when it is cut at 200 bytes, has upper-case
 * letters or is not well-formed Unicode.
 */
export function encodeSegment(text: string): string {
  if (text.length < MAX_SEGMENT_BYTES && PLAIN.test(text) && !RESERVED_ON_WINDOWS.test(text)) return text;
  if (text === '') return EMPTY_SEGMENT;
  const encoded = percentEncode(text);
  if (encoded.length <= MAX_SEGMENT_BYTES && !UPPER_CASE.test(text) && !LONE_SURROGATE.test(text)) return encoded;
  const hash = createHash('sha256').update(Buffer.from(text, 'utf16le')).digest('hex').slice(0, HASH_DIGITS);
  const room = MAX_SEGMENT_BYTES - HASH_DIGITS - 1;
  const readable = encoded.slice(0, room).replace(/%.?$/, '');
  return `${readable}~${hash}`;
}

function percentEncode(text: string): string {
  // More than the first bytes would be cut off, and an id can be megabytes long.
  const bytes = Buffer.from(text.slice(0, MAX_SEGMENT_BYTES + 1), 'utf8');
  const reserved = RESERVED_ON_WINDOWS.test(text);
  let out = '';
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i] as number;
    const isEdge = i === 0 || i === bytes.length - 1;
    const keep = isUnreserved(byte) || (byte === 0x2e && !isEdge);
    // Lower-case digits, so that the readable part never differs from another by case alone.
    out += keep && !(reserved && i === 0) ? String.fromCharCode(byte) : `%${byte.toString(16).padStart(2, '0')}`;
  }
  return out;
}

function isUnreserved(byte: number): boolean {
  return (
    (byte >= 0x30 && byte <= 0x39) ||
    (byte >= 0x41 && byte <= 0x5a) ||
    (byte >= 0x61 && byte <= 0x7a) ||
    byte === 0x2d ||
    byte === 0x5f
  );
}

/** Prefix of every content of a namespace; the hash follows as `<2 hex>/<hex>`. */
export function contentPrefix(namespace: string): string {
  return `content/${encodeSegment(namespace)}/sha256/`;
}

/** Key of the content with this hash, below {@link contentPrefix}. */
export function contentKey(prefix: string, sha256: string): string {
  return `${prefix}${sha256.slice(0, 2)}/${sha256}`;
}

/** Key of a payload that history refers to. What is below `payloads/` is part of runs and never swept. */
export function payloadKey(namespace: string, sha256: string): string {
  return contentKey(`payloads/${encodeSegment(namespace)}/sha256/`, sha256);
}

export function isPayloadKey(key: string): boolean {
  return /^payloads\/[^./\\\0][^/\\\0]*\/sha256\/[0-9a-f]{2}\/[0-9a-f]{64}$/.test(key);
}

/** Prefix of all that is known of a workflow id, or of one of its runs. */
export function runPrefix(namespace: string, workflowId: string, runId?: string): string {
  const workflow = `records/${encodeSegment(namespace)}/${encodeSegment(workflowId)}/`;
  return runId === undefined ? workflow : `${workflow}${encodeSegment(runId)}/`;
}

export function recordKey(record: {
  readonly namespace: string;
  readonly workflowId: string;
  readonly runId: string;
  readonly activityId: string;
  readonly attempt: number;
}): string {
  const prefix = runPrefix(record.namespace, record.workflowId, record.runId);
  return `${prefix}${encodeSegment(record.activityId)}-${record.attempt}.json`;
}

export function findingKey(finding: {
  readonly namespace: string;
  readonly workflowId?: string;
  readonly runId?: string;
  readonly id: string;
  readonly cause: string;
}): string {
  const prefix = runPrefix(finding.namespace, finding.workflowId ?? '', finding.runId ?? '');
  const cause = createHash('sha256').update(finding.cause).digest('hex').slice(0, HASH_DIGITS);
  return `${prefix}finding-${encodeSegment(finding.id)}-${cause}.json`;
}

/** Prefix of a namespace's findings, of those of a UTC day (`YYYY-MM-DD`), or of one finding on that day. */
export function findingsPrefix(namespace: string, day?: string, id?: string): string {
  const segments = ['findings', encodeSegment(namespace), ...(day === undefined ? [] : [day])];
  if (id !== undefined) segments.push(encodeSegment(id));
  return `${segments.join('/')}/`;
}

/** UTC day of a time, as the indexes of findings and calls are divided. */
export function dayOf(timeMs: number): string {
  return new Date(timeMs).toISOString().slice(0, 10);
}

/** Prefix of the model calls of a namespace that ended in the hour (UTC) of a time. */
export function callsPrefix(namespace: string, endedAtMs: number): string {
  const hour = new Date(endedAtMs).toISOString().slice(11, 13);
  return `calls/${encodeSegment(namespace)}/${dayOf(endedAtMs)}/${hour}/`;
}

/** Where the index of findings has it: one entry for a run and cause on a day, whoever reports it. */
export function findingIndexKey(finding: {
  readonly namespace: string;
  readonly workflowId?: string;
  readonly runId?: string;
  readonly id: string;
  readonly cause: string;
  readonly foundAtMs: number;
}): string {
  const { namespace, workflowId = '', runId = '', id, cause, foundAtMs } = finding;
  const subject = JSON.stringify([workflowId, runId, cause]);
  const hash = createHash('sha256').update(subject).digest('hex').slice(0, HASH_DIGITS);
  return `${findingsPrefix(namespace, dayOf(foundAtMs), id)}${hash}.json`;
}

const CONTENT_KEY = /content\/[^/]+\/sha256\/[0-9a-f]{2}\/([0-9a-f]{64})$/;

/** Key and hash that a content URI points to; `undefined` when it is no URI of ours. */
export function contentKeyOfUri(uri: string): { readonly key: string; readonly sha256: string } | undefined {
  const match = CONTENT_KEY.exec(uri);
  if (match === null) return undefined;
  const key = uri.startsWith('file:') ? match[0].replaceAll('%25', '%') : match[0];
  return { key, sha256: match[1] as string };
}
