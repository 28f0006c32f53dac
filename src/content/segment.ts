/**
 * One pair of journal files and what this process knows of them.
 *
 * @module
 */

import fs from 'node:fs';
import path from 'node:path';
import type { ContentRefs } from '../activity/observation';
import { type InlineContent, journalFileName, spoolEntry, spoolFileName } from './journal-files';
import { NO_OWNER, THIS_OWNER } from './journal-owner';
import { FILE_MODE } from './private-files';

export class Segment {
  journalFile: string;
  readonly spoolFile: string;
  /** Lines written, so that a line can be named by its number. */
  lines = 0;
  journalBytes = 0;
  spoolBytes = 0;
  /** Records per namespace. */
  readonly records = new Map<string, number>();
  /** Spooled contents per namespace. */
  readonly contents = new Map<string, { count: number; bytes: number }>();
  /** References that became known after their line was written, by line number. */
  readonly lateRefs = new Map<number, Partial<ContentRefs>>();
  /** Contents of this segment that are still on their way past the spool. */
  outstanding = 0;
  /** Not all contents that the lines refer to are in the spool. */
  isIncomplete = false;
  isFlushing = false;
  isClosed = false;
  flushedLines = 0;
  flushedContents = 0;
  /** Contents that are not in the spool file yet. */
  unwrittenBytes = 0;
  private readonly unwritten: string[] = [];
  private journalFd: number | undefined;
  private spoolFd: number | undefined;

  constructor(
    private readonly directory: string,
    readonly id: string,
  ) {
    this.journalFile = path.join(directory, journalFileName({ id, owner: THIS_OWNER }));
    this.spoolFile = path.join(directory, spoolFileName(id));
  }

  /** @throws when the line did not get to disk whole */
  appendLine(namespace: string, line: string): void {
    this.journalFd ??= fs.openSync(this.journalFile, 'a', FILE_MODE);
    this.journalBytes += writeWhole(this.journalFd, line);
    this.lines++;
    this.records.set(namespace, (this.records.get(namespace) ?? 0) + 1);
  }

  /** Takes contents for the spool; {@link writeSpool} brings them to disk. */
  addContents(namespace: string, contents: readonly InlineContent[]): void {
    let bytes = 0;
    for (const content of contents) {
      this.unwritten.push(spoolEntry(namespace, content));
      bytes += content.bytes;
    }
    this.unwrittenBytes += bytes;
    this.spoolBytes += bytes;
    const { count = 0, bytes: before = 0 } = this.contents.get(namespace) ?? {};
    this.contents.set(namespace, { count: count + contents.length, bytes: before + bytes });
  }

  /** @throws when the contents did not get to disk whole */
  writeSpool(): void {
    if (this.unwritten.length === 0) return;
    const entries = this.unwritten.splice(0);
    this.unwrittenBytes = 0;
    this.spoolFd ??= fs.openSync(this.spoolFile, 'a', FILE_MODE);
    writeWhole(this.spoolFd, entries.join(''));
  }

  setLateRef(line: number, refs: Partial<ContentRefs>): void {
    this.lateRefs.set(line, { ...this.lateRefs.get(line), ...refs });
  }

  close(): void {
    this.isClosed = true;
    for (const fd of [this.journalFd, this.spoolFd]) if (fd !== undefined) fs.closeSync(fd);
    this.journalFd = undefined;
    this.spoolFd = undefined;
  }

  /** The spool goes first: a spool without a journal belongs to nobody. */
  remove(): void {
    this.removeSpool();
    fs.rmSync(this.journalFile, { force: true });
  }

  removeSpool(): void {
    fs.rmSync(this.spoolFile, { force: true });
  }

  /** Shows other hosts that the owner lives. */
  renew(): void {
    const now = new Date();
    fs.utimesSync(this.journalFile, now, now);
  }

  /** Leaves the files to whoever comes first. */
  release(): void {
    const free = path.join(this.directory, journalFileName({ id: this.id, owner: NO_OWNER }));
    fs.renameSync(this.journalFile, free);
    this.journalFile = free;
  }
}

function writeWhole(fd: number, text: string): number {
  const written = fs.writeSync(fd, text);
  // A full disk takes a part without an error. Length first: it is known, and enough for most text.
  if (written < text.length || written !== Buffer.byteLength(text)) throw new Error('a write was cut off');
  return written;
}
