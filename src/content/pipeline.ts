/**
 * Everything that recorders of one process and store share: journal, queue, background work.
 *
 * @module
 */

import type { ReportError } from '../definitions/observer-parts';
import { ContentQueue, type QueuedContent } from './content-queue';
import { type Drain, type FlushResult, StoreDrain } from './drain';
import { Journal, type JournalLimits } from './journal';
import type { InlineContent } from './journal-files';
import { contentKey, contentPrefix } from './keys';
import type { RecorderSinks } from './recorder-sinks';
import type { Segment } from './segment';
import type { ContentStore } from './store';
import { takeOverJournals } from './takeover';
import { ThreadDrain } from './thread-drain';

const FIRST_RETRY_MS = 1_000;
const MAX_RETRY_MS = 60_000;

/** How long a content may wait in memory for others to be written with it. */
const SPOOL_WRITE_MS = 10;

/** Between passes while somebody waits for the end. */
const FLUSH_STEP_MS = 25;

/** Between looks at what others left and what is too old. */
const MAINTENANCE_MS = 60_000;

export interface PipelineOptions extends JournalLimits {
  readonly journalDirectory: string;
  /** How long a record may wait in the journal, in milliseconds. */
  readonly flushIntervalMs: number;
}

export class Pipeline {
  private readonly journal: Journal;
  private readonly queue: ContentQueue;
  private readonly drain: Drain;
  private readonly sinks = new Set<RecorderSinks>();
  private readonly sinkOf = new Map<string, RecorderSinks>();
  private readonly contentPrefixes = new Map<string, string>();
  private readonly spoolGauges = new Set<string>();
  private flushTimer: NodeJS.Timeout | undefined;
  private spoolTimer: NodeJS.Timeout | undefined;
  private readonly maintenanceTimer: NodeJS.Timeout;
  private takingOver: Promise<void>;
  private isClosed = false;
  private flushing: Promise<void> | undefined;
  private retryDelayMs = FIRST_RETRY_MS;
  private isBackingOff = false;
  private lastFailure: string | undefined;

  constructor(
    private readonly store: ContentStore,
    private readonly options: PipelineOptions,
  ) {
    const report: ReportError = (part, error) => this.report(part, error);
    this.drain =
      store.threadSpec === undefined ? new StoreDrain(store) : new ThreadDrain(store, store.threadSpec, report);
    this.journal = new Journal(options.journalDirectory, options, report, (namespace, count) =>
      this.countDropped(namespace, count),
    );
    this.queue = new ContentQueue(this.drain, {
      uriOf: (namespace, sha256) => this.uriOf(namespace, sha256),
      stored: (namespace) => this.sinkFor(namespace)?.written(namespace),
      failed: (namespace, error) => {
        this.sinkFor(namespace)?.failed(namespace);
        this.failed(error);
      },
      dropped: (namespace) => this.countDropped(namespace, 1),
    });
    this.maintenanceTimer = setInterval(() => void this.maintain(), MAINTENANCE_MS).unref();
    this.takingOver = this.takeOver();
  }

  attach(sinks: RecorderSinks): void {
    this.sinks.add(sinks);
  }

  detach(sinks: RecorderSinks): void {
    this.sinks.delete(sinks);
    for (const [namespace, owner] of this.sinkOf) if (owner === sinks) this.sinkOf.delete(namespace);
  }

  /** What happens to contents of this namespace is told here. */
  claimNamespace(namespace: string, sinks: RecorderSinks): void {
    if (!this.sinkOf.has(namespace)) this.sinkOf.set(namespace, sinks);
  }

  uriOf(namespace: string, sha256: string): string {
    let prefix = this.contentPrefixes.get(namespace);
    if (prefix === undefined) {
      prefix = this.store.uriOf(contentPrefix(namespace));
      this.contentPrefixes.set(namespace, prefix);
    }
    return contentKey(prefix, sha256);
  }

  /** Appends a line to the journal, at once. */
  append(namespace: string, line: string): { readonly segment: Segment; readonly line: number } | undefined {
    if (this.isClosed) {
      this.countDropped(namespace, 1);
      return undefined;
    }
    const place = this.journal.append(namespace, line);
    if (place !== undefined) this.scheduleFlush(this.options.flushIntervalMs);
    return place;
  }

  /** Puts small contents of one record into the spool. */
  spool(segment: Segment, namespace: string, contents: readonly InlineContent[]): void {
    const bytes = contents.reduce((sum, content) => sum + content.bytes, 0);
    if (segment.isClosed || !this.makeRoom(bytes)) {
      segment.isIncomplete = true;
      this.countDropped(namespace, contents.length);
      return;
    }
    this.journal.appendContents(segment, namespace, contents);
    this.spoolTimer ??= setTimeout(() => {
      this.spoolTimer = undefined;
      this.journal.writeSpool();
    }, SPOOL_WRITE_MS).unref();
  }

  /** Lets a large content be stored behind the scenes. */
  enqueue(content: QueuedContent): void {
    if (!this.makeRoom(content.text.length)) {
      content.known({ missing: 'dropped' });
      this.countDropped(content.namespace, 1);
      return;
    }
    this.queue.add(content);
  }

  countDropped(namespace: string, count: number): void {
    repeat(count, () => this.sinkFor(namespace)?.dropped(namespace));
  }

  /** Waits until everything is stored, for at most `timeoutMs`. Tells whether it is. */
  async flush(timeoutMs: number): Promise<boolean> {
    const deadline = Date.now() + timeoutMs;
    this.drain.keepAlive(true);
    try {
      this.queue.resume();
      while (!this.isIdle) {
        const left = deadline - Date.now();
        if (left <= 0) return false;
        await settledWithin(this.runFlush(), left);
        if (!this.isIdle) await delay(Math.min(this.isBackingOff ? FIRST_RETRY_MS : FLUSH_STEP_MS, left));
      }
      return true;
    } finally {
      this.drain.keepAlive(false);
    }
  }

  /** Flushes, then leaves what is left to the next process. */
  async close(timeoutMs: number): Promise<void> {
    await this.flush(timeoutMs);
    this.isClosed = true;
    clearInterval(this.maintenanceTimer);
    clearTimeout(this.flushTimer);
    clearTimeout(this.spoolTimer);
    this.queue.dropAll();
    await this.drain.close();
    // What is being taken over would otherwise be ours, and wait for the end of this process.
    await this.takingOver;
    this.journal.seal();
    for (const segment of this.journal.sealed) {
      try {
        segment.release();
      } catch (error) {
        this.report('journal', error);
      }
    }
    this.showSpoolBytes();
  }

  private get isIdle(): boolean {
    return this.journal.isEmpty && this.queue.isEmpty;
  }

  /** Oldest contents go first, wherever they wait. */
  private makeRoom(bytes: number): boolean {
    while (this.journal.spoolBytes + this.queue.bytes + bytes > this.options.maxSpoolBytes) {
      const spooled = this.journal.oldestWithContents();
      const queued = this.queue.oldest;
      if (queued !== undefined && (spooled === undefined || queued.segment.id < spooled.id)) this.queue.dropOldest();
      else if (!this.dropOldestSpool()) return false;
    }
    return true;
  }

  private dropOldestSpool(): boolean {
    try {
      return this.journal.dropOldestContents();
    } catch (error) {
      this.report('journal', error);
      return false;
    }
  }

  private scheduleFlush(delayMs: number): void {
    if (this.flushTimer !== undefined || this.isClosed) return;
    this.flushTimer = setTimeout(() => {
      this.flushTimer = undefined;
      this.isBackingOff = false;
      this.queue.resume();
      void this.runFlush();
    }, delayMs).unref();
  }

  /** One pass over what waits; a second caller joins the first. */
  private runFlush(): Promise<void> {
    this.flushing ??= this.flushOnce()
      .catch((error: unknown) => this.failed(error))
      .finally(() => {
        this.flushing = undefined;
        this.showSpoolBytes();
        if (!this.isIdle && !this.isBackingOff) this.scheduleFlush(this.options.flushIntervalMs);
      });
    return this.flushing;
  }

  private async flushOnce(): Promise<void> {
    this.journal.seal();
    this.showSpoolBytes();
    for (const segment of [...this.journal.sealed]) {
      // It may have been given up while another was stored.
      if (segment.outstanding > 0 || !this.journal.sealed.includes(segment)) continue;
      segment.isFlushing = true;
      try {
        if (!this.applyFlush(segment, await this.drain.flush(segment))) return;
      } finally {
        segment.isFlushing = false;
      }
    }
  }

  private applyFlush(segment: Segment, result: FlushResult): boolean {
    segment.flushedLines = result.flushedLines;
    segment.flushedContents = result.flushedContents;
    for (const [namespace, count] of result.written) {
      repeat(count, () => this.sinkFor(namespace)?.written(namespace));
    }
    for (const [namespace, count] of result.failed) {
      repeat(count, () => this.sinkFor(namespace)?.failed(namespace));
    }
    if (result.error !== undefined) {
      this.failed(result.error);
      return false;
    }
    this.lastFailure = undefined;
    this.isBackingOff = false;
    this.retryDelayMs = FIRST_RETRY_MS;
    if (result.isGone) {
      this.report('journal', new Error('a journal file vanished before it was stored'));
      this.journal.drop(segment);
    } else {
      if (result.unreadableLines > 0) this.report('journal', new Error('a journal file has unreadable lines'));
      this.journal.remove(segment);
    }
    return true;
  }

  /** Says so once per cause, and waits before the next try. */
  private failed(error: unknown): void {
    if (this.isClosed) return;
    const failure = String(error);
    if (failure !== this.lastFailure) this.report('content', error);
    this.lastFailure = failure;
    if (this.isBackingOff) return;
    this.isBackingOff = true;
    clearTimeout(this.flushTimer);
    this.flushTimer = undefined;
    this.scheduleFlush(this.retryDelayMs);
    this.retryDelayMs = Math.min(this.retryDelayMs * 2, MAX_RETRY_MS);
  }

  private async maintain(): Promise<void> {
    try {
      // Other hosts judge our files by their age.
      for (const segment of this.journal.sealed) segment.renew();
      this.takingOver = this.takeOver();
      await this.takingOver;
      if (this.isClosed) return;
      await this.drain.maintain();
    } catch (error) {
      this.failed(error);
    }
  }

  private async takeOver(): Promise<void> {
    try {
      const segments = await takeOverJournals(this.options.journalDirectory);
      this.journal.adopt(segments);
      if (segments.length > 0) this.scheduleFlush(0);
    } catch (error) {
      this.report('journal', error);
    }
  }

  private report(...args: Parameters<ReportError>): void {
    this.sinks
      .values()
      .next()
      .value?.report(...args);
  }

  private sinkFor(namespace: string): RecorderSinks | undefined {
    return this.sinkOf.get(namespace) ?? this.sinks.values().next().value;
  }

  private showSpoolBytes(): void {
    const bytes = this.journal.spoolBytesByNamespace();
    for (const namespace of bytes.keys()) this.spoolGauges.add(namespace);
    for (const namespace of this.spoolGauges) {
      this.sinkFor(namespace)?.spoolBytes(namespace, bytes.get(namespace) ?? 0);
    }
  }
}

/** Leaves no timer behind: that would keep the process alive when all is stored. */
async function settledWithin(work: Promise<unknown>, ms: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  try {
    await Promise.race([work, timeout]);
  } finally {
    clearTimeout(timer);
  }
}

function delay(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}

function repeat(count: number, action: () => void): void {
  for (let i = 0; i < count; i++) action();
}
