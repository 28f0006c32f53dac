/**
 * Files of the journal: records as JSON lines in `<id>.<owner>.journal`, small contents beside them in `<id>.spool`.
 * Who owns the first owns both, so that one rename hands over everything.
 *
 * @module
 */

import crypto, { randomBytes } from 'node:crypto';
import type { AgentRecord, FindingRecord } from './record';

export interface JournalFileName {
  readonly id: string;
  readonly owner: string;
}

/** Ids sort by age. */
export function newSegmentId(now: number = Date.now()): string {
  return `${now.toString(36).padStart(9, '0')}-${randomBytes(6).toString('hex')}`;
}

export function journalFileName({ id, owner }: JournalFileName): string {
  return `${id}.${owner}.journal`;
}

export function spoolFileName(id: string): string {
  return `${id}.spool`;
}

export function parseJournalFileName(name: string): JournalFileName | undefined {
  const match = /^([0-9a-z]+-[0-9a-f]+)\.([0-9a-z-]+)\.journal$/.exec(name);
  return match === null ? undefined : { id: match[1] as string, owner: match[2] as string };
}

/** One line of a journal; `undefined` when it was cut off by the end of its process or of the disk. */
export function parseJournalLine(line: string): AgentRecord | FindingRecord | undefined {
  try {
    const value = JSON.parse(line) as AgentRecord | FindingRecord | null;
    return typeof value === 'object' && value !== null && typeof value.namespace === 'string' ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Lines of a journal in order, the empty end left out. */
export function journalLines(text: string): readonly string[] {
  return text.split('\n').filter((line) => line !== '');
}

export interface SpooledContent {
  readonly namespace: string;
  readonly sha256: string;
  readonly content: Buffer;
}

/** A content that goes into the spool. */
export interface InlineContent {
  readonly sha256: string;
  readonly bytes: number;
  readonly text: string;
}

/** A content as it stands in the spool: a header line, the bytes, a newline. */
export function spoolEntry(namespace: string, { sha256, bytes, text }: InlineContent): string {
  return `{"namespace":${JSON.stringify(namespace)},"sha256":"${sha256}","bytes":${bytes}}\n${text}\n`;
}

/** Contents of a spool up to where it was cut off, if it was. */
export function parseSpool(spool: Buffer): readonly SpooledContent[] {
  const contents: SpooledContent[] = [];
  let at = 0;
  while (at < spool.length) {
    const endOfHeader = spool.indexOf(0x0a, at);
    if (endOfHeader === -1) break;
    const header = parseSpoolHeader(spool.toString('utf8', at, endOfHeader));
    if (header === undefined) break;
    const content = spool.subarray(endOfHeader + 1, endOfHeader + 1 + header.bytes);
    if (content.length < header.bytes || sha256Of(content) !== header.sha256) break;
    contents.push({ namespace: header.namespace, sha256: header.sha256, content });
    at = endOfHeader + 1 + header.bytes + 1;
  }
  return contents;
}

function parseSpoolHeader(line: string): { namespace: string; sha256: string; bytes: number } | undefined {
  try {
    const header = JSON.parse(line) as { namespace?: unknown; sha256?: unknown; bytes?: unknown } | null;
    const { namespace, sha256, bytes } = header ?? {};
    return typeof namespace === 'string' && typeof sha256 === 'string' && typeof bytes === 'number'
      ? { namespace, sha256, bytes }
      : undefined;
  } catch {
    return undefined;
  }
}

/** In one call where Node has it (20.12 and later): for small contents twice as fast, and no object is left to collect. */
export const sha256Of: (content: string | Uint8Array) => string =
  typeof crypto.hash === 'function'
    ? (content) => crypto.hash('sha256', content)
    : (content) => crypto.createHash('sha256').update(content).digest('hex');
