import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { withLock } from './lock.mjs';
import { CACHE, ROOT, run, say } from './process.mjs';

const LIB = path.join(ROOT, 'lib');
const STAMP = path.join(CACHE, 'build.stamp');
const TSC = path.join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc');

/** Builds `lib/` if a source changed since the last build, or the build itself was touched. */
export async function ensureBuilt() {
  if (isFresh()) return;
  await withLock(path.join(CACHE, 'build.lock'), 'building lib/', async () => {
    if (isFresh()) return;
    await build();
  });
}

async function build() {
  say('Building lib/ …');
  const stamp = sourceStamp();
  const fresh = path.join(CACHE, `lib-${process.pid}`);
  const old = `${fresh}-old`;
  try {
    // Two passes, for one cannot keep comments in declarations while it removes them from code. The second one checks.
    await tsc('tsconfig.json', '--outDir', fresh, '--declaration', 'false', '--noCheck');
    await tsc('tsconfig.types.json', '--outDir', fresh);
    // Loaded here, for this module is also loaded before dependencies are installed.
    const { bundleSandbox } = await import('./bundle-sandbox.mjs');
    await bundleSandbox(fresh);
    if (existsSync(LIB)) renameSync(LIB, old);
    renameSync(fresh, LIB);
    writeFileSync(STAMP, stamp + outputStamp());
  } finally {
    rmSync(fresh, { recursive: true, force: true });
    rmSync(old, { recursive: true, force: true });
  }
}

/** @param {...string} args */
async function tsc(...args) {
  mkdirSync(CACHE, { recursive: true });
  await run(process.execPath, [TSC, '-p', ...args]);
}

function isFresh() {
  try {
    return readFileSync(STAMP, 'utf8') === sourceStamp() + outputStamp();
  } catch {
    return false;
  }
}

function sourceStamp() {
  const hash = createHash('sha256');
  const configs = readdirSync(ROOT).filter((name) => /^tsconfig.*\.json$/.test(name));
  const sources = [...configs, 'package-lock.json', 'scripts/bundle-sandbox.mjs', ...filesBelow('src')];
  for (const file of sources) hash.update(`${file}\0`).update(readFileSync(path.join(ROOT, file)));
  return hash.digest('hex');
}

/** Sizes and times are enough here: this only notices that somebody else wrote to lib/. */
function outputStamp() {
  const hash = createHash('sha256');
  for (const file of filesBelow('lib')) {
    const { size, mtimeMs } = statSync(path.join(ROOT, file));
    hash.update(`${file}\0${size}\0${mtimeMs}\0`);
  }
  return hash.digest('hex');
}

/**
 * @param {string} folder
 * @returns {string[]}
 */
function filesBelow(folder) {
  const entries = readdirSync(path.join(ROOT, folder), { recursive: true, withFileTypes: true });
  // `parentPath` came with Node 20.12, `path` goes with 24.
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(ROOT, path.join(entry.parentPath ?? Reflect.get(entry, 'path'), entry.name)))
    .sort();
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  await withLock(path.join(CACHE, 'build.lock'), 'building lib/', build).catch((error) => {
    say(`build: ${error.message}`);
    process.exitCode = 1;
  });
}
