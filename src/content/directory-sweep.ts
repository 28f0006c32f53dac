/**
 * Enforces age and size of a content directory.
 *
 * @module
 */

import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isNotFound } from './private-files';

/** Work between two pauses, in files. With the pause it bounds a sweep to some 10,000 files a second. */
const FILES_PER_STEP = 200;
const PAUSE_MS = 20;

const SWEEP_INTERVAL_MS = 10 * 60_000;

/** A temporary file this old belongs to a write that died. */
const TEMPORARY_MAX_AGE_MS = 60 * 60_000;

/** Ages are told apart by this much, which bounds the memory of a survey. */
const AGE_STEP_MS = 10_000;

/** A sweep for size frees a tenth, so that the next write does not need another. */
const FILL_AFTER_SWEEP = 0.9;

/** What goes first comes first: nothing is told by content alone, and the list of calls is in the records, too. */
const PARTS = ['content', 'calls', 'records', 'findings'] as const;

interface SweptFile {
  readonly file: string;
  readonly bytes: number;
  readonly modifiedAtMs: number;
}

export interface DirectorySweepLimits {
  readonly maxBytes: number;
  /** 0: no limit. */
  readonly retentionMs: number;
}

/** Deletes what is too old while it surveys, then, when too much is left, the oldest of {@link PARTS}. */
export class DirectorySweep {
  private lastSweepMs = 0;
  private bytesAfterSweep = 0;
  private bytesWritten = 0;
  private steps = 0;

  constructor(
    private readonly directory: string,
    private readonly limits: DirectorySweepLimits,
  ) {}

  /** Lets a sweep come early when the directory fills fast. */
  noteWritten(bytes: number): void {
    this.bytesWritten += bytes;
  }

  async runIfDue(now: number = Date.now()): Promise<void> {
    const isFull = this.bytesAfterSweep + this.bytesWritten > this.limits.maxBytes;
    if (isFull || now - this.lastSweepMs >= SWEEP_INTERVAL_MS) await this.run(now);
  }

  async run(now: number = Date.now()): Promise<void> {
    this.lastSweepMs = now;
    this.bytesWritten = 0;
    await this.removeTemporaryFiles(now);
    const surveys = new Map<string, Survey>();
    for (const part of PARTS) surveys.set(part, await this.survey(part, now));
    let total = [...surveys.values()].reduce((sum, { bytes }) => sum + bytes, 0);
    if (total > this.limits.maxBytes) {
      const target = this.limits.maxBytes * FILL_AFTER_SWEEP;
      for (const [part, survey] of surveys) {
        if (total > target) total -= await this.evict(part, survey, total - target);
      }
    }
    this.bytesAfterSweep = total;
  }

  private async survey(part: string, now: number): Promise<Survey> {
    const survey = new Survey();
    const { retentionMs } = this.limits;
    for await (const file of this.walk(path.join(this.directory, part))) {
      if (retentionMs > 0 && now - file.modifiedAtMs > retentionMs) await remove(file.file);
      else survey.add(file);
    }
    return survey;
  }

  /** Deletes the oldest files of a part until `excess` bytes are free; returns the bytes freed. */
  private async evict(part: string, survey: Survey, excess: number): Promise<number> {
    const youngest = survey.ageStepToFree(excess);
    let freed = 0;
    let freedInYoungest = 0;
    for await (const file of this.walk(path.join(this.directory, part))) {
      const step = ageStepOf(file);
      if (step > youngest.step) continue;
      if (step === youngest.step) {
        if (freedInYoungest >= youngest.bytesNeeded) continue;
        freedInYoungest += file.bytes;
      }
      await remove(file.file);
      freed += file.bytes;
    }
    return freed;
  }

  private async removeTemporaryFiles(now: number): Promise<void> {
    for await (const file of this.walk(path.join(this.directory, 'tmp'))) {
      if (now - file.modifiedAtMs > TEMPORARY_MAX_AGE_MS) await remove(file.file);
    }
  }

  private async *walk(directory: string, depth = 0): AsyncGenerator<SweptFile> {
    let entries: fs.Dir;
    try {
      entries = await fs.promises.opendir(directory);
    } catch (error) {
      if (isNotFound(error)) return;
      throw error;
    }
    let isEmpty = true;
    for await (const entry of entries) {
      isEmpty = false;
      const file = path.join(directory, entry.name);
      if (entry.isDirectory()) yield* this.walk(file, depth + 1);
      else if (entry.isFile()) {
        if (++this.steps % FILES_PER_STEP === 0) await sleep(PAUSE_MS, undefined, { ref: false });
        const stat = await fs.promises.stat(file).catch(() => undefined);
        if (stat !== undefined) yield { file, bytes: stat.size, modifiedAtMs: stat.mtimeMs };
      }
    }
    // Fails, as it should, when another process has just put a file there.
    if (isEmpty && depth > 0) await fs.promises.rmdir(directory).catch(() => undefined);
  }
}

class Survey {
  bytes = 0;
  private readonly bytesByAge = new Map<number, number>();

  add(file: SweptFile): void {
    const step = ageStepOf(file);
    this.bytes += file.bytes;
    this.bytesByAge.set(step, (this.bytesByAge.get(step) ?? 0) + file.bytes);
  }

  /** The youngest age step that has to be touched, and how much of it. */
  ageStepToFree(excess: number): { readonly step: number; readonly bytesNeeded: number } {
    let left = excess;
    let last = Number.NEGATIVE_INFINITY;
    for (const [step, bytes] of [...this.bytesByAge].sort(([a], [b]) => a - b)) {
      last = step;
      if (bytes >= left) return { step, bytesNeeded: left };
      left -= bytes;
    }
    return { step: last, bytesNeeded: Number.POSITIVE_INFINITY };
  }
}

function ageStepOf(file: SweptFile): number {
  return Math.floor(file.modifiedAtMs / AGE_STEP_MS);
}

async function remove(file: string): Promise<void> {
  await fs.promises.rm(file, { force: true });
}
