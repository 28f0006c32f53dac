/**
 * Large contents on their way past the spool, in memory and bounded.
 *
 * @module
 */

import type { ContentRef } from '../activity/observation';
import type { ContentJob, Drain, StoredContent } from './drain';
import type { Segment } from './segment';
import { ContentWorkerStopped } from './thread-drain';

/** Given to the drain at once; the rest waits here, where it can still be given up. */
const MAX_IN_FLIGHT = 2;

/** How often one content may be under way when the worker thread ends. */
const MAX_CRASHES = 2;

export interface QueuedContent extends ContentJob {
  readonly segment: Segment;
  readonly line: number;
  readonly side: 'input' | 'output';
  /** Called once, as soon as the reference is known: that can be before the content is stored. */
  known(ref: ContentRef): void;
}

export interface ContentQueueEvents {
  uriOf(namespace: string, sha256: string): string;
  stored(namespace: string): void;
  failed(namespace: string, error: unknown): void;
  dropped(namespace: string): void;
}

interface Entry {
  readonly content: QueuedContent;
  inFlight: boolean;
  crashes: number;
}

export class ContentQueue {
  bytes = 0;
  private readonly entries: Entry[] = [];
  private isPaused = false;

  constructor(
    private readonly drain: Drain,
    private readonly events: ContentQueueEvents,
  ) {}

  get isEmpty(): boolean {
    return this.entries.length === 0;
  }

  /** The oldest that could still be given up. */
  get oldest(): QueuedContent | undefined {
    return this.entries.find(({ inFlight }) => !inFlight)?.content;
  }

  add(content: QueuedContent): void {
    this.bytes += content.text.length;
    content.segment.outstanding++;
    this.entries.push({ content, inFlight: false, crashes: 0 });
    this.next();
  }

  dropOldest(): void {
    const entry = this.entries.find(({ inFlight }) => !inFlight);
    if (entry !== undefined) this.drop(entry);
  }

  dropAll(): void {
    for (const entry of [...this.entries]) this.drop(entry);
  }

  /** After a failure nothing is tried until somebody says so. */
  resume(): void {
    this.isPaused = false;
    this.next();
  }

  private next(): void {
    for (const entry of this.entries) {
      if (this.isPaused || this.entries.filter(({ inFlight }) => inFlight).length >= MAX_IN_FLIGHT) return;
      if (!entry.inFlight) this.send(entry);
    }
  }

  private send(entry: Entry): void {
    entry.inFlight = true;
    const { namespace, text, redact } = entry.content;
    this.drain
      .storeContent({ namespace, text, redact })
      .then(
        (stored) => this.settled(entry, stored),
        (error: unknown) => this.crashed(entry, error),
      )
      .finally(() => this.next());
  }

  private settled(entry: Entry, { sha256, bytes, error }: StoredContent): void {
    entry.inFlight = false;
    if (!this.entries.includes(entry)) return;
    const { namespace } = entry.content;
    const ref = { uri: this.events.uriOf(namespace, sha256), sha256, bytes };
    entry.content.known(ref);
    if (error === undefined) {
      this.finish(entry, ref);
      this.events.stored(namespace);
    } else {
      this.isPaused = true;
      this.events.failed(namespace, error);
    }
  }

  private crashed(entry: Entry, error: unknown): void {
    entry.inFlight = false;
    if (!this.entries.includes(entry)) return;
    entry.crashes++;
    if (entry.crashes >= MAX_CRASHES || !(error instanceof ContentWorkerStopped)) this.drop(entry);
    this.events.failed(entry.content.namespace, error);
  }

  private drop(entry: Entry): void {
    entry.content.known({ missing: 'dropped' });
    this.finish(entry, { missing: 'dropped' });
    this.events.dropped(entry.content.namespace);
  }

  private finish(entry: Entry, ref: ContentRef): void {
    const { segment, line, side, text } = entry.content;
    this.entries.splice(this.entries.indexOf(entry), 1);
    this.bytes -= text.length;
    segment.outstanding--;
    segment.setLateRef(line, { [side]: ref });
  }
}
