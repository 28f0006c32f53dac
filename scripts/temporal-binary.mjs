import { accessSync, constants, createWriteStream, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { withLock } from './lock.mjs';
import { run, say } from './process.mjs';

/** The newest release that `go install` can build, so that both ways give the same server (1.29.1). */
export const TEMPORAL_CLI_VERSION = 'v1.5.1';

const GO_PACKAGE = `github.com/temporalio/cli/cmd/temporal@${TEMPORAL_CLI_VERSION}`;
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
const PROGRESS_MS = 10_000;

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
  const target = cachedPath(env);
  return withLock(path.join(path.dirname(target), 'obtain.lock'), 'obtaining the Temporal CLI', async () => {
    if (!isExecutable(target)) await obtain(target, env);
    return target;
  });
}

/** @param {NodeJS.ProcessEnv} env */
function findTemporal(env) {
  const named = env.TEMPORAL_CLI;
  if (named) {
    if (!isExecutable(named)) throw new Error(`TEMPORAL_CLI names ${named}, which is no executable file.`);
    return named;
  }
  const folders = (env.PATH ?? '').split(path.delimiter).filter(Boolean);
  return [...folders.map((folder) => path.join(folder, EXECUTABLE)), cachedPath(env)].find(isExecutable);
}

/** @param {NodeJS.ProcessEnv} env */
function cachedPath(env) {
  const base = env.XDG_CACHE_HOME || path.join(env.HOME ?? homedir(), '.cache');
  return path.join(base, 'temporal-agent-observability', `temporal-cli-${TEMPORAL_CLI_VERSION}`, EXECUTABLE);
}

/** @param {string} file */
function isExecutable(file) {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/**
 * @param {string} target
 * @param {NodeJS.ProcessEnv} env
 */
async function obtain(target, env) {
  mkdirSync(path.dirname(target), { recursive: true });
  // Beside the target, so that the finished binary can be renamed into place.
  const scratch = mkdtempSync(path.join(path.dirname(target), 'obtain-'));
  const binary = path.join(scratch, EXECUTABLE);
  /** @type {string[]} */
  const reasons = [];
  try {
    for (const way of [download, compile]) {
      try {
        await way(scratch, env);
        await run(binary, ['--version'], { env });
        renameSync(binary, target);
        say(`Temporal CLI ready: ${target}`);
        return;
      } catch (error) {
        reasons.push(error instanceof Error ? error.message : String(error));
        say(`  ${reasons.at(-1)}`);
      }
    }
  } finally {
    rmSync(scratch, { recursive: true, force: true });
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
  const started = Date.now();
  let packages = 0;
  let last = 'starting';
  const progress = setInterval(() => {
    const seconds = Math.round((Date.now() - started) / 1000);
    say(`  ${seconds} s: ${packages} packages compiled, now ${last}`);
  }, PROGRESS_MS);
  /** @type {string[]} */
  const tail = [];
  try {
    await run('go', ['install', '-v', GO_PACKAGE], {
      env: { ...env, GOBIN: scratch },
      onStderrLine: (line) => {
        if (!line.startsWith('go: ')) packages++;
        last = line;
        tail.push(line);
        if (tail.length > 5) tail.shift();
      },
    });
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new Error([message, ...tail].join('\n    '));
  } finally {
    clearInterval(progress);
  }
}
