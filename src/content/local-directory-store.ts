/**
 * The default content store.
 *
 * @module
 */

import fs from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { isMainThread } from 'node:worker_threads';
import { fail, integer, number } from '../definitions/option-checks';
import { DirectorySweep } from './directory-sweep';
import { KEY_ROOTS } from './keys';
import {
  isNotFound,
  makePrivateDirectory,
  restrictToOwner,
  writeFileAtomic,
  writeFileAtomicSync,
} from './private-files';
import type { ContentStore, ContentStoreThreadSpec } from './store';

/** Directory of {@link LocalDirectoryStore} below the current working directory. */
export const DEFAULT_CONTENT_DIRECTORY = '.agent-content';

const DAY_MS = 24 * 60 * 60_000;
const GIB = 1024 ** 3;

const KEY = new RegExp(String.raw`^(?:${KEY_ROOTS.join('|')})(?:/[^/\\\0]+)*$`);

export interface LocalDirectoryStoreOptions {
  /** Default: `./.agent-content`. Created when something is first stored. */
  readonly directory?: string;
  /**
   * Most bytes that the directory may hold; past it the oldest content goes first, then the oldest lists of calls,
   * records and findings. Enforced in the background, so it can be passed for a while. Default: 10 GiB.
   */
  readonly maxBytes?: number;
  /** Age at which content and records go, in milliseconds; 0 keeps them for ever. Default: 30 days. */
  readonly retentionMs?: number;
}

/**
 * Keeps records and content in a local directory that only its owner can read: directories 0700, files 0600. The root
 * itself keeps the mode that it has when it was there before, since it may be shared; what is below it is closed.
 *
 * Writes are atomic (temporary file and rename). Several processes can use one directory. Payloads of a {@link claimCheck}
 * are exempt from age and size: they stay until somebody deletes them.
 *
 * @throws TypeError or RangeError for options that are not as described.
 */
export class LocalDirectoryStore implements ContentStore {
  readonly directory: string;
  readonly maxBytes: number;
  readonly retentionMs: number;
  readonly threadSpec: ContentStoreThreadSpec;
  private readonly rootUri: string;
  private readonly temporaryDirectory: string;
  private readonly sweep: DirectorySweep;
  private prepared = false;

  constructor(options: LocalDirectoryStoreOptions = {}) {
    const { directory = DEFAULT_CONTENT_DIRECTORY, maxBytes = 10 * GIB, retentionMs = 30 * DAY_MS } = options;
    if (typeof directory !== 'string' || directory === '' || directory.includes('\0')) {
      throw fail('directory', 'a path', directory);
    }
    this.directory = path.resolve(directory);
    this.maxBytes = integer('maxBytes', maxBytes, { min: 1 });
    this.retentionMs = number('retentionMs', retentionMs, { min: 0 });
    this.rootUri = pathToFileURL(this.directory).href.replace(/\/$/, '');
    this.temporaryDirectory = path.join(this.directory, 'tmp');
    this.sweep = new DirectorySweep(this.directory, { maxBytes: this.maxBytes, retentionMs: this.retentionMs });
    this.threadSpec = {
      module: __filename,
      exportName: LocalDirectoryStore.name,
      options: { directory: this.directory, maxBytes, retentionMs } satisfies LocalDirectoryStoreOptions,
    };
  }

  get journalDirectory(): string {
    return path.join(this.directory, 'journal');
  }

  uriOf(key: string): string {
    return `${this.rootUri}/${key.includes('%') ? key.replaceAll('%', '%25') : key}`;
  }

  async put(key: string, bytes: Uint8Array): Promise<void> {
    const file = this.fileOf(key);
    this.prepare();
    const isPayload = key.startsWith('payloads/');
    if ((isPayload || key.startsWith('content/')) && (await this.renew(file, bytes.byteLength))) return;
    // A run cannot be replayed without its payloads, so these survive the loss of power too.
    if (isPayload) {
      await writeFileAtomic(file, bytes, this.temporaryDirectory, { durable: true });
      return;
    }
    // A thread of our own may wait for the disk, and waiting costs a fifth of what asynchronous calls do.
    if (isMainThread) await writeFileAtomic(file, bytes, this.temporaryDirectory);
    else writeFileAtomicSync(file, bytes, this.temporaryDirectory);
    this.sweep.noteWritten(bytes.byteLength);
  }

  async get(key: string): Promise<Uint8Array | undefined> {
    try {
      return await fs.promises.readFile(this.fileOf(key));
    } catch (error) {
      if (isNotFound(error)) return undefined;
      throw error;
    }
  }

  async has(key: string): Promise<boolean> {
    try {
      return (await fs.promises.stat(this.fileOf(key))).isFile();
    } catch (error) {
      if (isNotFound(error)) return false;
      throw error;
    }
  }

  async *list(prefix: string): AsyncIterable<string> {
    yield* this.listBelow(prefix.replace(/\/$/, ''));
  }

  async delete(key: string): Promise<void> {
    await fs.promises.rm(this.fileOf(key), { force: true });
  }

  /** Enforces {@link LocalDirectoryStoreOptions.retentionMs} and {@link LocalDirectoryStoreOptions.maxBytes}. */
  async maintain(): Promise<void> {
    await this.sweep.runIfDue();
  }

  /**
   * Creates the directories and closes those that an earlier version or another tool left open. Writing does it too.
   *
   * @throws Error when the directory cannot be written, or cannot be closed to other users.
   */
  prepare(): void {
    if (this.prepared) return;
    // Content next to source code is one `git add .` away from being published.
    if (makePrivateDirectory(this.directory)) fs.writeFileSync(path.join(this.directory, '.gitignore'), '*\n');
    for (const name of [...KEY_ROOTS, 'tmp']) {
      const directory = path.join(this.directory, name);
      makePrivateDirectory(directory);
      restrictToOwner(directory);
    }
    this.prepared = true;
  }

  private async *listBelow(key: string): AsyncIterable<string> {
    let entries: fs.Dirent[];
    try {
      entries = await fs.promises.readdir(this.fileOf(key), { withFileTypes: true });
    } catch (error) {
      if (isNotFound(error)) return;
      throw error;
    }
    for (const entry of entries) {
      if (entry.isDirectory()) yield* this.listBelow(`${key}/${entry.name}`);
      else if (entry.isFile()) yield `${key}/${entry.name}`;
    }
  }

  /** Content that is there already gets young again, so that what is still referred to is not the oldest. */
  private async renew(file: string, bytes: number): Promise<boolean> {
    try {
      const now = new Date();
      if (isMainThread) {
        if ((await fs.promises.stat(file)).size !== bytes) return false;
        await fs.promises.utimes(file, now, now);
      } else {
        if (fs.statSync(file).size !== bytes) return false;
        fs.utimesSync(file, now, now);
      }
      return true;
    } catch (error) {
      if (isNotFound(error)) return false;
      throw error;
    }
  }

  private fileOf(key: string): string {
    if (!KEY.test(key) || key.split('/').some((part) => /^\.+$/.test(part))) {
      throw new TypeError(`not a key of a content store: ${JSON.stringify(key)}`);
    }
    return path.join(this.directory, key);
  }
}
