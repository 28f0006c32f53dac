/**
 * The journal: what was observed is on disk before the activity's result is returned, so that it survives the death of
 * the process (not of the machine). Segments wait here until they are stored.
 *
 * @module
 */

import type { ReportError } from '../definitions/observer-parts';
import { type InlineContent, newSegmentId } from './journal-files';
import { makePrivateDirectory, restrictToOwner } from './private-files';
import { Segment } from './segment';

const KIB = 1024;
const MIB = 1024 * KIB;

/** A segment is closed at this size, so that each is quick to store. */
const MAX_SEGMENT_JOURNAL_BYTES = MIB;
const MAX_SEGMENT_SPOOL_BYTES = 4 * MIB;

/** Contents that wait in memory for the next write. */
const MAX_UNWRITTEN_BYTES = 256 * KIB;

/** What is given up is given up by the segment: no more than this share of a limit at once. */
const SEGMENTS_PER_LIMIT = 8;

const FIRST_RETRY_MS = 1_000;
const MAX_RETRY_MS = 60_000;

export interface JournalLimits {
  readonly maxJournalBytes: number;
  readonly maxSpoolBytes: number;
}

export type CountDropped = (namespace: string, count: number) => void;

export class Journal {
  /** Closed segments that wait to be stored, the oldest first. */
  readonly sealed: Segment[] = [];
  private active: Segment | undefined;
  private journalBytes = 0;
  private spooledBytes = 0;
  private retryAtMs = 0;
  private retryDelayMs = FIRST_RETRY_MS;

  constructor(
    readonly directory: string,
    private readonly limits: JournalLimits,
    private readonly report: ReportError,
    private readonly countDropped: CountDropped,
  ) {}

  get isEmpty(): boolean {
    return this.active === undefined && this.sealed.length === 0;
  }

  get spoolBytes(): number {
    return this.spooledBytes;
  }

  /** Segment and number of the line; `undefined` when it was given up, which is counted here. */
  append(namespace: string, line: string): { readonly segment: Segment; readonly line: number } | undefined {
    const segment = this.writable();
    if (segment === undefined) {
      this.countDropped(namespace, 1);
      return undefined;
    }
    const before = segment.journalBytes;
    try {
      segment.appendLine(namespace, line);
    } catch (error) {
      this.writeFailed(error);
      this.countDropped(namespace, 1);
      return undefined;
    }
    this.journalBytes += segment.journalBytes - before;
    this.retryDelayMs = FIRST_RETRY_MS;
    return { segment, line: segment.lines - 1 };
  }

  /**
   * Takes contents for the spool. They get to disk together with others, within milliseconds: unlike a record, a content
   * of the last moment may be lost with the process, and a write for each would cost more than all else.
   */
  appendContents(segment: Segment, namespace: string, contents: readonly InlineContent[]): void {
    const before = segment.spoolBytes;
    segment.addContents(namespace, contents);
    this.spooledBytes += segment.spoolBytes - before;
    if (segment.unwrittenBytes >= MAX_UNWRITTEN_BYTES) this.writeSpool();
  }

  /** Brings to disk what waits for it; where that fails it is counted here. */
  writeSpool(): void {
    const { active } = this;
    if (active === undefined || this.tryWriteSpool(active)) return;
    // The end of the file may be torn.
    this.seal();
  }

  /** Closes the current segment; the next line begins another. */
  seal(): void {
    const { active } = this;
    if (active === undefined) return;
    this.active = undefined;
    this.tryWriteSpool(active);
    active.close();
    if (active.lines === 0) active.remove();
    else this.sealed.push(active);
  }

  /** Segments that dead processes left come first: they are the oldest. */
  adopt(segments: readonly Segment[]): void {
    this.sealed.unshift(...segments);
    for (const segment of segments) {
      this.journalBytes += segment.journalBytes;
      this.spooledBytes += segment.spoolBytes;
    }
  }

  /** Takes a segment out, stored or lost. */
  remove(segment: Segment): void {
    const index = this.sealed.indexOf(segment);
    if (index !== -1) this.sealed.splice(index, 1);
    this.journalBytes -= segment.journalBytes;
    this.forgetSpool(segment);
    segment.remove();
  }

  /** Counts what a segment still held as dropped, and takes it out. */
  drop(segment: Segment): void {
    for (const [namespace, { count }] of segment.contents) this.countDropped(namespace, count);
    for (const [namespace, count] of segment.records) this.countDropped(namespace, count);
    this.remove(segment);
  }

  /** Gives up the oldest spooled contents; false when there are none that could go. */
  dropOldestContents(): boolean {
    const segment = this.oldestWithContents();
    if (segment === undefined) return false;
    for (const [namespace, { count }] of segment.contents) this.countDropped(namespace, count);
    segment.isIncomplete = true;
    this.forgetSpool(segment);
    segment.removeSpool();
    return true;
  }

  oldestWithContents(): Segment | undefined {
    return this.sealed.find(({ spoolBytes, isFlushing }) => spoolBytes > 0 && !isFlushing);
  }

  /** Bytes that wait in the spool, per namespace. */
  spoolBytesByNamespace(): ReadonlyMap<string, number> {
    const total = new Map<string, number>();
    for (const segment of this.active === undefined ? this.sealed : [...this.sealed, this.active]) {
      for (const [namespace, { bytes }] of segment.contents) total.set(namespace, (total.get(namespace) ?? 0) + bytes);
    }
    return total;
  }

  private tryWriteSpool(segment: Segment): boolean {
    try {
      segment.writeSpool();
      return true;
    } catch (error) {
      this.report('journal', error);
      segment.isIncomplete = true;
      for (const [namespace, { count }] of segment.contents) this.countDropped(namespace, count);
      this.forgetSpool(segment);
      return false;
    }
  }

  private forgetSpool(segment: Segment): void {
    this.spooledBytes -= segment.spoolBytes;
    segment.spoolBytes = 0;
    segment.contents.clear();
  }

  private writable(): Segment | undefined {
    if (this.active !== undefined) {
      const { journalBytes, spoolBytes } = this.active;
      const { maxJournalBytes, maxSpoolBytes } = this.limits;
      const isOpen =
        journalBytes < Math.min(MAX_SEGMENT_JOURNAL_BYTES, maxJournalBytes / SEGMENTS_PER_LIMIT) &&
        spoolBytes < Math.min(MAX_SEGMENT_SPOOL_BYTES, maxSpoolBytes / SEGMENTS_PER_LIMIT);
      if (isOpen) return this.active;
      this.seal();
    }
    if (Date.now() < this.retryAtMs) return undefined;
    try {
      while (this.journalBytes >= this.limits.maxJournalBytes) {
        const oldest = this.sealed.find(({ isFlushing }) => !isFlushing);
        if (oldest === undefined) return undefined;
        this.drop(oldest);
      }
      makePrivateDirectory(this.directory);
      restrictToOwner(this.directory);
    } catch (error) {
      this.writeFailed(error);
      return undefined;
    }
    this.active = new Segment(this.directory, newSegmentId());
    return this.active;
  }

  /** The end of the file may be torn, so nothing more goes there; the next try waits. */
  private writeFailed(error: unknown): void {
    this.report('journal', error);
    this.retryAtMs = Date.now() + this.retryDelayMs;
    this.retryDelayMs = Math.min(this.retryDelayMs * 2, MAX_RETRY_MS);
    try {
      this.seal();
    } catch (sealError) {
      this.report('journal', sealError);
    }
  }
}
