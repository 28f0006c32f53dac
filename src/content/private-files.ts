/**
 * Files that only their owner can read, written whole or not at all.
 *
 * @module
 */

import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';

const DIRECTORY_MODE = 0o700;
export const FILE_MODE = 0o600;

/** Creates a directory and its parents for the owner alone; tells whether it was not there before. */
export function makePrivateDirectory(directory: string): boolean {
  return fs.mkdirSync(directory, { recursive: true, mode: DIRECTORY_MODE }) !== undefined;
}

/**
 * Takes other users' rights off a directory of ours. Modes mean nothing on Windows.
 *
 * @throws Error when others still have access: an owner-less mount, or a directory of another user.
 */
export function restrictToOwner(directory: string): void {
  if (process.platform === 'win32' || (fs.statSync(directory).mode & 0o077) === 0) return;
  let cause: unknown;
  try {
    fs.chmodSync(directory, DIRECTORY_MODE);
  } catch (error) {
    cause = error;
  }
  const mode = fs.statSync(directory).mode & 0o777;
  if ((mode & 0o077) !== 0) {
    throw new Error(`content directory is open to other users (mode ${mode.toString(8)}) and cannot be closed`, {
      cause,
    });
  }
}

/** Writes next to nothing visible, then renames: a reader sees all of the file or none. For worker threads. */
export function writeFileAtomicSync(file: string, bytes: Uint8Array, temporaryDirectory: string): void {
  const temporary = path.join(temporaryDirectory, randomBytes(9).toString('hex'));
  withDirectorySync(temporaryDirectory, () => fs.writeFileSync(temporary, bytes, { mode: FILE_MODE, flag: 'wx' }));
  try {
    withDirectorySync(path.dirname(file), () => fs.renameSync(temporary, file));
  } catch (error) {
    fs.rmSync(temporary, { force: true });
    throw error;
  }
}

/**
 * As {@link writeFileAtomicSync}, without holding the event loop.
 *
 * @param options.durable - the file survives the loss of power once this resolves
 */
export async function writeFileAtomic(
  file: string,
  bytes: Uint8Array,
  temporaryDirectory: string,
  { durable = false }: { readonly durable?: boolean } = {},
): Promise<void> {
  const temporary = path.join(temporaryDirectory, randomBytes(9).toString('hex'));
  await withDirectory(temporaryDirectory, () =>
    fs.promises.writeFile(temporary, bytes, { mode: FILE_MODE, flag: 'wx' }),
  );
  try {
    if (durable) await sync(temporary, 'r+');
    await withDirectory(path.dirname(file), () => fs.promises.rename(temporary, file));
    // Windows has no handles of directories to sync.
    if (durable && process.platform !== 'win32') await sync(path.dirname(file), 'r');
  } catch (error) {
    await fs.promises.rm(temporary, { force: true });
    throw error;
  }
}

async function sync(file: string, flags: 'r' | 'r+'): Promise<void> {
  const handle = await fs.promises.open(file, flags);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

// Directories are made when one is missed, not before each write; a sweep may remove an empty one at any moment.
const ATTEMPTS = 3;

function withDirectorySync(directory: string, operation: () => void): void {
  for (let attempt = 1; ; attempt++) {
    try {
      operation();
      return;
    } catch (error) {
      if (!isNotFound(error) || attempt === ATTEMPTS) throw error;
      makePrivateDirectory(directory);
    }
  }
}

async function withDirectory(directory: string, operation: () => Promise<void>): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await operation();
      return;
    } catch (error) {
      if (!isNotFound(error) || attempt === ATTEMPTS) throw error;
      await fs.promises.mkdir(directory, { recursive: true, mode: DIRECTORY_MODE });
    }
  }
}

export function isNotFound(error: unknown): boolean {
  const code = (error as NodeJS.ErrnoException | undefined)?.code;
  return code === 'ENOENT' || code === 'ENOTDIR';
}
