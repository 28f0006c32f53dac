import { accessSync, constants, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { withLock } from './lock.mjs';

/**
 * Where a program that belongs to no project is kept: `~/.cache/temporal-agent-observability/<folder>/<name>`, or below
 * `XDG_CACHE_HOME`.
 *
 * @param {string} folder - with the program's version
 * @param {string} name
 * @param {NodeJS.ProcessEnv} env
 */
export function cachedPath(folder, name, env) {
  const base = env.XDG_CACHE_HOME || path.join(env.HOME ?? homedir(), '.cache');
  return path.join(base, 'temporal-agent-observability', folder, name);
}

/** @param {string} file */
export function isExecutable(file) {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/**
 * Obtains a program once for all that ask at the same time, and puts it into place only when it runs.
 *
 * @param {string} target - of {@link cachedPath}
 * @param {{ doing: string, obtain: (binary: string) => Promise<void> }} how - `doing` is shown to
 *   those who wait; `obtain` writes the program, whose folder exists
 */
export async function ensureCached(target, { doing, obtain }) {
  await withLock(path.join(path.dirname(target), 'obtain.lock'), doing, async () => {
    if (isExecutable(target)) return;
    mkdirSync(path.dirname(target), { recursive: true });
    // Beside the target, so that the finished binary can be renamed into place.
    const scratch = mkdtempSync(path.join(path.dirname(target), 'obtain-'));
    const binary = path.join(scratch, path.basename(target));
    try {
      await obtain(binary);
      renameSync(binary, target);
    } finally {
      rmSync(scratch, { recursive: true, force: true });
    }
  });
}
