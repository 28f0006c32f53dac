import { accessSync, constants, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { withLock } from './lock.mjs';
import { run, say } from './process.mjs';

/** The programs, with the Debian package that has each and the names that it goes by. */
const TOOLS = {
  prometheus: { from: 'prometheus', names: ['prometheus'] },
  promtool: { from: 'prometheus', names: ['promtool'] },
  alertmanager: { from: 'prometheus-alertmanager', names: ['alertmanager', 'prometheus-alertmanager'] },
  amtool: { from: 'prometheus-alertmanager', names: ['amtool'] },
};

/** @typedef {keyof typeof TOOLS} PrometheusTool */

/**
 * Path of a program of Prometheus: on PATH, else in the cache, else from the Debian package, which is unpacked there and
 * not installed.
 *
 * @param {PrometheusTool} tool
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {Promise<string>} rejects with an error that says how to get it
 */
export async function ensurePrometheusTool(tool, env = process.env) {
  const found = find(tool, env);
  if (found) return found;
  const folder = cachedFolder(tool, env);
  const lock = path.join(path.dirname(folder), `${TOOLS[tool].from}.lock`);
  mkdirSync(path.dirname(lock), { recursive: true });
  return withLock(lock, `obtaining ${tool}`, async () => {
    const since = find(tool, env);
    if (since) return since;
    const { from } = TOOLS[tool];
    try {
      await unpack(from, folder, env);
    } catch (error) {
      throw missing(tool, error instanceof Error ? error.message : String(error));
    }
    const unpacked = find(tool, env);
    if (!unpacked) throw missing(tool, `the Debian package ${from} does not have it`);
    say(`${tool} ready: ${unpacked}`);
    return unpacked;
  });
}

/**
 * @param {PrometheusTool} tool
 * @param {NodeJS.ProcessEnv} env
 */
function find(tool, env) {
  const folders = [
    ...(env.PATH ?? '').split(path.delimiter).filter(Boolean),
    path.join(cachedFolder(tool, env), 'usr/bin'),
  ];
  return folders.flatMap((folder) => TOOLS[tool].names.map((name) => path.join(folder, name))).find(isExecutable);
}

/**
 * @param {PrometheusTool} tool
 * @param {NodeJS.ProcessEnv} env
 */
function cachedFolder(tool, env) {
  const base = env.XDG_CACHE_HOME || path.join(env.HOME ?? homedir(), '.cache');
  return path.join(base, 'temporal-agent-observability', `debian-${TOOLS[tool].from}`);
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
 * @param {string} name of the package
 * @param {string} folder
 * @param {NodeJS.ProcessEnv} env
 */
async function unpack(name, folder, env) {
  say(`Obtaining the Debian package ${name} …`);
  // Beside the target, so that it can be renamed into place.
  const scratch = mkdtempSync(path.join(path.dirname(folder), 'obtain-'));
  try {
    await run('apt-get', ['download', name], { cwd: scratch, env });
    const [file] = readdirSync(scratch);
    if (!file) throw new Error(`apt-get downloaded nothing for ${name}`);
    const content = path.join(scratch, 'content');
    await run('dpkg-deb', ['-x', path.join(scratch, file), content], { env });
    rmSync(folder, { recursive: true, force: true });
    renameSync(content, folder);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/**
 * @param {PrometheusTool} tool
 * @param {string} reason
 */
function missing(tool, reason) {
  return new Error(
    [
      `no ${tool}. Install it so that it is on PATH: \`apt-get install ${TOOLS[tool].from}\` on Debian and Ubuntu,`,
      '`brew install prometheus` on macOS, or a release of https://prometheus.io/download.',
      `Tried PATH, the cache, and the Debian package: ${reason}`,
    ].join('\n'),
  );
}
