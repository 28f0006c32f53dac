/**
 * Recorders share what writes to one directory or store: it begins with the first and ends with the last.
 *
 * @module
 */

import path from 'node:path';
import { integer, oneOf } from '../definitions/option-checks';
import { LocalDirectoryStore } from './local-directory-store';
import { Pipeline } from './pipeline';
import { ContentRecorder } from './recorder';
import type { RecorderSinks } from './recorder-sinks';
import { type RedactOption, Redactor } from './redaction';
import type { ContentStore } from './store';

const MIB = 1024 ** 2;

export interface RecorderOptions {
  /** Directory of a {@link LocalDirectoryStore}. Default: `./.agent-content`. */
  readonly directory?: string;
  /** Instead of a directory. */
  readonly store?: ContentStore;
  /** Size that the directory is kept below, in bytes. Default: 10 GiB. */
  readonly maxBytes?: number;
  /** Age at which content and records go, in milliseconds. Default: 30 days. */
  readonly retentionMs?: number;
  /** `full`: inputs and outputs too; `metadata`: records alone. Default: `full`. */
  readonly capture?: 'full' | 'metadata';
  /** Longest JSON text of one input or output, in bytes. Default: 16 MiB. */
  readonly maxContentBytes?: number;
  readonly redact?: RedactOption;
  /** Records that may wait in the journal, in bytes; past it the oldest are given up. Default: 64 MiB. */
  readonly maxJournalBytes?: number;
  /** Contents that may wait to be stored, in bytes; past it the oldest are given up. Default: 128 MiB. */
  readonly maxSpoolBytes?: number;
  /** How long a record may wait in the journal, in milliseconds. Default: 1,000. */
  readonly flushIntervalMs?: number;
}

export type RecorderHandle = Pick<ContentRecorder, 'record' | 'recordFinding'> & {
  /** Waits until all that was recorded is stored, for at most `timeoutMs`; tells whether it is. Never rejects. */
  flush(timeoutMs: number): Promise<boolean>;
  /** Flushes; the last to release also closes. What is not stored then is left to the next process. Never rejects. */
  release(timeoutMs: number): Promise<void>;
};

interface Shared {
  readonly pipeline: Pipeline;
  users: number;
}

const sharedByStore = new Map<string | ContentStore, Shared>();

/**
 * A recorder on a directory or store. Recorders of one process on the same directory share journal, worker thread and
 * bounds; those of the first count.
 *
 * @throws TypeError or RangeError naming the option that is wrong. A directory that cannot be written is no such error:
 *   it is reported, and tried again.
 */
export function acquireRecorder(options: RecorderOptions, sinks: RecorderSinks): RecorderHandle {
  const { capture = 'full', maxContentBytes = 16 * MIB, redact } = options;
  const settings = {
    capture: oneOf('capture', capture, ['full', 'metadata']),
    maxContentBytes: integer('maxContentBytes', maxContentBytes, { min: 1 }),
    redactor: new Redactor(redact),
  } as const;
  const store = options.store ?? localStore(options);
  const key = store instanceof LocalDirectoryStore ? store.directory : store;
  const shared = sharedByStore.get(key) ?? { pipeline: openPipeline(store, options), users: 0 };
  const recorder = new ContentRecorder(shared.pipeline, settings, sinks);
  sharedByStore.set(key, shared);
  shared.users++;
  if (store instanceof LocalDirectoryStore) {
    try {
      store.prepare();
    } catch (error) {
      sinks.report('content', error);
    }
  }
  let isReleased = false;
  return {
    record: (observation, traceIds) => recorder.record(observation, traceIds),
    recordFinding: (namespace, finding) => recorder.recordFinding(namespace, finding),
    flush: (timeoutMs) => shared.pipeline.flush(timeoutMs),
    release: async (timeoutMs) => {
      if (isReleased) return;
      isReleased = true;
      shared.users--;
      try {
        if (shared.users > 0) {
          await shared.pipeline.flush(timeoutMs);
        } else {
          // Whoever comes while this one closes begins anew, in files of its own.
          sharedByStore.delete(key);
          await shared.pipeline.close(timeoutMs);
        }
      } catch (error) {
        sinks.report('content', error);
      }
      shared.pipeline.detach(sinks);
    },
  };
}

function localStore({ directory, maxBytes, retentionMs }: RecorderOptions): LocalDirectoryStore {
  return new LocalDirectoryStore({
    ...(directory === undefined ? undefined : { directory }),
    ...(maxBytes === undefined ? undefined : { maxBytes }),
    ...(retentionMs === undefined ? undefined : { retentionMs }),
  });
}

function openPipeline(store: ContentStore, options: RecorderOptions): Pipeline {
  const { maxJournalBytes = 64 * MIB, maxSpoolBytes = 128 * MIB, flushIntervalMs = 1_000 } = options;
  return new Pipeline(store, {
    journalDirectory: store.journalDirectory ?? path.resolve('.agent-content', 'journal'),
    maxJournalBytes: integer('maxJournalBytes', maxJournalBytes, { min: 1 }),
    maxSpoolBytes: integer('maxSpoolBytes', maxSpoolBytes, { min: 1 }),
    flushIntervalMs: integer('flushIntervalMs', flushIntervalMs, { min: 1 }),
  });
}
