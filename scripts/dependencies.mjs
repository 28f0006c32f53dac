import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { withLock } from './lock.mjs';
import { CACHE, npm, ROOT, say } from './process.mjs';

/** @typedef {{ version?: string, optional?: boolean }} LockedPackage */

/** Installs the dependencies if what is installed is not what package-lock.json says. */
export async function ensureDependencies() {
  if (isFresh()) return;
  await withLock(path.join(CACHE, 'install.lock'), 'installing dependencies', async () => {
    if (isFresh()) return;
    const missing = !existsSync(path.join(ROOT, 'node_modules'));
    say(`Installing dependencies: ${missing ? 'none are installed' : 'they differ from package-lock.json'} …`);
    // Not `ci`: it empties node_modules under processes that run from it, and refuses a lock file that lacks packages
    // for other platforms. Unsaved, `install` goes by the lock file as well and leaves it as it is.
    await npm(['install', '--no-save', '--include=dev', '--prefer-offline']);
  });
}

/** npm keeps a lock file of what it really installed; an interrupted install does not write it. */
function isFresh() {
  const installed = readPackages(path.join(ROOT, 'node_modules', '.package-lock.json'));
  const wanted = readPackages(path.join(ROOT, 'package-lock.json'));
  if (!installed || !wanted) return false;
  return Object.entries(wanted).every(([name, { version, optional }]) => {
    if (name === '') return true;
    const found = installed[name];
    return found ? found.version === version : optional === true;
  });
}

/**
 * @param {string} file
 * @returns {Record<string, LockedPackage> | undefined}
 */
function readPackages(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8')).packages;
  } catch {
    return undefined;
  }
}
