/**
 * The slow half of recording: redacts and hashes large contents, and turns journal segments into records. Runs in a
 * worker thread, or on the main thread for stores that cannot be built in another.
 *
 * @module
 */

import path from 'node:path';
import type { ContentRef, ContentRefs } from '../activity/observation';
import { callIndex } from './call-index';
import { journalLines, parseJournalFileName, parseJournalLine, parseSpool, sha256Of } from './journal-files';
import { readIfThere } from './journal-reader';
import { contentKey, contentKeyOfUri, contentPrefix, findingIndexKey, findingKey, recordKey } from './keys';
import type { AgentRecord, FindingRecord } from './record';
import { redactSecrets } from './redaction';
import type { ContentStore } from './store';

/** Writes under way at once. */
const CONCURRENCY = 8;

export interface FlushRequest {
  readonly journalFile: string;
  readonly spoolFile: string;
  /** Ask the store for each content that a record refers to, and say in the record when it is not there. */
  readonly isIncomplete: boolean;
  readonly lateRefs: ReadonlyMap<number, Partial<ContentRefs>>;
  /** Lines and contents that an earlier try stored. */
  readonly flushedLines: number;
  readonly flushedContents: number;
}

export interface FlushResult {
  readonly flushedLines: number;
  readonly flushedContents: number;
  /** Contents stored in this try, per namespace. */
  readonly written: ReadonlyMap<string, number>;
  /** Contents that the store did not take in this try, per namespace. */
  readonly failed: ReadonlyMap<string, number>;
  /** Lines that could not be read, each a record lost. */
  readonly unreadableLines: number;
  /** The journal file itself is gone. */
  readonly isGone: boolean;
  /** Why the try ended early; the rest is to be tried again. */
  readonly error?: unknown;
}

export interface ContentJob {
  readonly namespace: string;
  readonly text: string;
  /** Redact known secrets first; text that went through a function of the user's is redacted already. */
  readonly redact: boolean;
}

export interface StoredContent {
  readonly sha256: string;
  readonly bytes: number;
  /** Why the store did not take it. */
  readonly error?: unknown;
}

export interface Drain {
  flush(request: FlushRequest): Promise<FlushResult>;
  storeContent(job: ContentJob): Promise<StoredContent>;
  maintain(): Promise<void>;
  /** Keeps the process alive until what is under way is done, or no longer. */
  keepAlive(keep: boolean): void;
  close(): Promise<void>;
}

export class StoreDrain implements Drain {
  constructor(private readonly store: ContentStore) {}

  async storeContent({ namespace, text, redact }: ContentJob): Promise<StoredContent> {
    const content = Buffer.from(redact ? redactSecrets(text) : text, 'utf8');
    const sha256 = sha256Of(content);
    try {
      await this.store.put(contentKey(contentPrefix(namespace), sha256), content);
      return { sha256, bytes: content.length };
    } catch (error) {
      return { sha256, bytes: content.length, error };
    }
  }

  async flush(request: FlushRequest): Promise<FlushResult> {
    const result = {
      flushedLines: request.flushedLines,
      flushedContents: request.flushedContents,
      written: new Map<string, number>(),
      failed: new Map<string, number>(),
      unreadableLines: 0,
      isGone: false,
    };
    try {
      const journal = await readIfThere(request.journalFile);
      if (journal === undefined) return { ...result, isGone: true };
      // Content first: a record should not refer to what is not there yet.
      await this.flushContents(request.spoolFile, result);
      const lines = journalLines(journal.toString('utf8'));
      while (result.flushedLines < lines.length) {
        const from = result.flushedLines;
        const batch = lines.slice(from, from + CONCURRENCY);
        const wereRead = await Promise.all(batch.map((line, i) => this.putRecord(line, from + i, request)));
        result.unreadableLines += wereRead.filter((wasRead) => !wasRead).length;
        result.flushedLines += batch.length;
      }
      await this.putCallIndex(request.journalFile, lines);
      return result;
    } catch (error) {
      return { ...result, error };
    }
  }

  async maintain(): Promise<void> {
    await this.store.maintain?.();
  }

  keepAlive(): void {
    // Promises of the store keep the process alive, or not, as the store wants.
  }

  async close(): Promise<void> {
    // Nothing of its own to close.
  }

  private async flushContents(
    spoolFile: string,
    result: { flushedContents: number; written: Map<string, number>; failed: Map<string, number> },
  ): Promise<void> {
    const spool = await readIfThere(spoolFile);
    if (spool === undefined) return;
    const contents = parseSpool(spool);
    while (result.flushedContents < contents.length) {
      const batch = contents.slice(result.flushedContents, result.flushedContents + CONCURRENCY);
      const outcomes = await Promise.allSettled(
        batch.map(({ namespace, sha256, content }) =>
          this.store.put(contentKey(contentPrefix(namespace), sha256), content),
        ),
      );
      const failure = outcomes.find(({ status }) => status === 'rejected');
      if (failure?.status === 'rejected') {
        outcomes.forEach(({ status }, i) => {
          if (status === 'rejected') increment(result.failed, batch[i]?.namespace ?? '');
        });
        throw failure.reason;
      }
      for (const { namespace } of batch) increment(result.written, namespace);
      result.flushedContents += batch.length;
    }
  }

  private async putRecord(line: string, index: number, request: FlushRequest): Promise<boolean> {
    const entry = parseJournalLine(line);
    if (entry === undefined) return false;
    if (entry.kind === 'finding') {
      await this.putJson(findingIndexKey(entry), entry);
      // What is about a whole worker is in the index alone.
      if (entry.workflowId !== undefined) await this.putJson(findingKey(entry), entry);
    } else await this.putJson(recordKey(entry), await this.completeRefs(entry, index, request));
    return true;
  }

  /** In one write for the whole journal: a second write a call would cost what the first does. */
  private async putCallIndex(journalFile: string, lines: readonly string[]): Promise<void> {
    const id = parseJournalFileName(path.basename(journalFile))?.id;
    if (id === undefined) return;
    for (const [prefix, text] of callIndex(lines))
      await this.store.put(`${prefix}${id}.jsonl`, Buffer.from(text, 'utf8'));
  }

  private async completeRefs(record: AgentRecord, index: number, request: FlushRequest): Promise<AgentRecord> {
    const late = request.lateRefs.get(index);
    const known = late === undefined ? record : { ...record, ...late };
    if (!request.isIncomplete) return known;
    const [input, output] = await Promise.all([this.checkRef(known.input), this.checkRef(known.output)]);
    return { ...known, input, output };
  }

  private async checkRef(ref: ContentRef): Promise<ContentRef> {
    const target = ref.uri === undefined ? undefined : contentKeyOfUri(ref.uri);
    if (target === undefined || (await this.store.has(target.key))) return ref;
    const { uri: _, ...rest } = ref;
    return { ...rest, missing: 'dropped' };
  }

  private async putJson(key: string, value: AgentRecord | FindingRecord): Promise<void> {
    await this.store.put(key, Buffer.from(`${JSON.stringify(value)}\n`, 'utf8'));
  }
}

function increment(counts: Map<string, number>, namespace: string): void {
  counts.set(namespace, (counts.get(namespace) ?? 0) + 1);
}
