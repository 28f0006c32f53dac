import { createWriteStream } from 'node:fs';
import path from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { cachedPath, ensureCached, isExecutable } from './cached-program.mjs';
import { goInstall } from './go-install.mjs';
import { run, say } from './process.mjs';

/** The newest release that `go install` can build, so that both ways give the same server (1.29.1). */
export const TEMPORAL_CLI_VERSION = 'v1.5.1';

const GO_PACKAGE = `github.com/temporalio/cli/cmd/temporal@${TEMPORAL_CLI_VERSION}`;
const CACHED_IN = `temporal-cli-${TEMPORAL_CLI_VERSION}`;
const EXECUTABLE = process.platform === 'win32' ? 'temporal.exe' : 'temporal';
/** Node's names and those of the download. */
const ARCHITECTURES = new Map([
  ['x64', 'amd64'],
  ['arm64', 'arm64'],
]);
const PLATFORMS = new Map([
  ['linux', 'linux'],
  ['darwin', 'darwin'],
  ['win32', 'windows'],
]);
const DOWNLOAD_ANSWER_MS = 5_000;
const DOWNLOAD_TOTAL_MS = 5 * 60_000;

/**
 * Path of a Temporal CLI: `TEMPORAL_CLI`, else `temporal` on PATH, else the cached one, else a fresh one is downloaded,
 * else compiled with Go into the cache.
 *
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {Promise<string>} rejects with an error that says how to get one
 */
export async function ensureTemporal(env = process.env) {
  const found = findTemporal(env);
  if (found) return found;
  const target = cachedPath(CACHED_IN, EXECUTABLE, env);
  await ensureCached(target, { doing: 'obtaining the Temporal CLI', obtain: (binary) => obtain(binary, env) });
  say(`Temporal CLI ready: ${target}`);
  return target;
}

/** @param {NodeJS.ProcessEnv} env */
function findTemporal(env) {
  const named = env.TEMPORAL_CLI;
  if (named) {
    if (!isExecutable(named)) throw new Error(`TEMPORAL_CLI names ${named}, which is no executable file.`);
    return named;
  }
  const folders = (env.PATH ?? '').split(path.delimiter).filter(Boolean);
  return [...folders.map((folder) => path.join(folder, EXECUTABLE)), cachedPath(CACHED_IN, EXECUTABLE, env)].find(
    isExecutable,
  );
}

/**
 * @param {string} binary
 * @param {NodeJS.ProcessEnv} env
 */
async function obtain(binary, env) {
  /** @type {string[]} */
  const reasons = [];
  for (const way of [download, compile]) {
    try {
      await way(path.dirname(binary), env);
      await run(binary, ['--version'], { env });
      return;
    } catch (error) {
      reasons.push(error instanceof Error ? error.message : String(error));
      say(`  ${reasons.at(-1)}`);
    }
  }
  throw new Error(
    [
      'no Temporal CLI. Install it (https://docs.temporal.io/cli, e.g. `brew install temporal`) so that `temporal` is on',
      'PATH, or name it in the environment variable TEMPORAL_CLI, or install Go (1.25 or newer) and run this again.',
      'Tried PATH, the cache, and:',
      ...reasons.map((reason) => `- ${reason}`),
    ].join('\n'),
  );
}

/**
 * @param {string} scratch
 * @param {NodeJS.ProcessEnv} env
 */
async function download(scratch, env) {
  const arch = ARCHITECTURES.get(process.arch);
  const platform = PLATFORMS.get(process.platform);
  if (!arch || !platform) throw new Error(`no download for ${process.platform} ${process.arch}`);
  const base = env.TEMPORAL_CLI_DOWNLOAD ?? 'https://temporal.download/cli/archive';
  const url = `${base}/${TEMPORAL_CLI_VERSION}?platform=${platform}&arch=${arch}`;
  say(`Obtaining the Temporal CLI ${TEMPORAL_CLI_VERSION}, needed for a local Temporal server: downloading …`);

  const controller = new AbortController();
  const cancel = (/** @type {string} */ why) => controller.abort(new Error(why));
  // Behind a firewall that drops packets only the clock ends a connection attempt.
  let timer = setTimeout(cancel, DOWNLOAD_ANSWER_MS, `no answer within ${DOWNLOAD_ANSWER_MS / 1000} s`);
  try {
    const response = await fetch(url, { signal: controller.signal });
    clearTimeout(timer);
    timer = setTimeout(cancel, DOWNLOAD_TOTAL_MS, `not done within ${DOWNLOAD_TOTAL_MS / 60_000} minutes`);
    if (!response.ok || !response.body) throw new Error(`HTTP status ${response.status}`);
    const archive = path.join(scratch, 'archive');
    await pipeline(Readable.fromWeb(response.body), createWriteStream(archive), { signal: controller.signal });
    // bsdtar and GNU tar recognise the archive themselves; Windows' tar reads zip too.
    await run('tar', ['-xf', archive, '-C', scratch, EXECUTABLE]);
  } catch (error) {
    throw new Error(`download from ${new URL(url).host} failed: ${rootCause(error)}`);
  } finally {
    clearTimeout(timer);
  }
}

/**
 * `fetch` hides what went wrong in the cause.
 *
 * @param {unknown} error
 */
function rootCause(error) {
  let cause = error;
  while (cause instanceof Error && cause.cause) cause = cause.cause;
  if (!(cause instanceof Error)) return String(cause);
  return cause.message || ('code' in cause ? String(cause.code) : cause.name);
}

/**
 * @param {string} scratch
 * @param {NodeJS.ProcessEnv} env
 */
async function compile(scratch, env) {
  say('Compiling the Temporal CLI with `go install` instead. This takes several minutes, once; the result is cached.');
  await goInstall(GO_PACKAGE, scratch, { env });
}
