import { randomUUID } from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { say } from './process.mjs';

/**
 * Runs one set-up step at a time across processes, so that two npm scripts started together do not install or compile
 * into the same place.
 *
 * @template T
 * @param {string} file lock file; holds the owner's process id
 * @param {string} what what is waited for, for the message
 * @param {() => Promise<T>} body
 * @returns {Promise<T>}
 */
export async function withLock(file, what, body) {
  mkdirSync(path.dirname(file), { recursive: true });
  const mine = `${file}.${randomUUID()}`;
  writeFileSync(mine, String(process.pid));
  try {
    for (let told = false; !acquire(mine, file); told = true) {
      if (!told) say(`Waiting for another process: ${what} …`);
      await sleep(200);
    }
    try {
      return await body();
    } finally {
      rmSync(file, { force: true });
    }
  } finally {
    rmSync(mine, { force: true });
  }
}

/**
 * A hard link appears with its content or not at all, so a lock never stands without its owner's id.
 *
 * @param {string} mine
 * @param {string} file
 */
function acquire(mine, file) {
  try {
    linkSync(mine, file);
    return true;
  } catch (error) {
    if (errorCode(error) !== 'EEXIST') throw error;
  }
  const owner = readOwner(file);
  if (owner !== undefined && !isAlive(owner)) removeStale(file, owner);
  return false;
}

/**
 * Renaming first makes sure that only one waiter removes the lock, and that it removes the one it has looked at.
 *
 * @param {string} file
 * @param {number} owner
 */
function removeStale(file, owner) {
  const aside = `${file}.${randomUUID()}`;
  try {
    renameSync(file, aside);
    if (readOwner(aside) !== owner) linkSync(aside, file);
  } catch {
    // Another waiter was faster.
  }
  rmSync(aside, { force: true });
}

/** @param {string} file */
function readOwner(file) {
  try {
    return Number(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}

/** @param {number} pid */
function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return errorCode(error) === 'EPERM';
  }
}

/** @param {unknown} error */
function errorCode(error) {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}
