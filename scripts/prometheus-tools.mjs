import { accessSync, constants } from 'node:fs';
import path from 'node:path';
import { run, say } from './process.mjs';

/** Names of each tool's executable: Debian has its own for Alertmanager. */
const EXECUTABLES = {
  prometheus: ['prometheus'],
  promtool: ['promtool'],
  alertmanager: ['alertmanager', 'prometheus-alertmanager'],
  amtool: ['amtool'],
};

/** Debian's packages. */
const PACKAGES = ['prometheus', 'prometheus-alertmanager'];

/** @typedef {keyof typeof EXECUTABLES} PrometheusTool */
/** @typedef {Readonly<Record<PrometheusTool, string>>} PrometheusTools */

/**
 * Paths of Prometheus' tools on PATH, where all of them are there.
 *
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {PrometheusTools | undefined}
 */
export function findPrometheusTools(env = process.env) {
  const found = look(env);
  return missing(found).length === 0 ? /** @type {PrometheusTools} */ (found) : undefined;
}

/**
 * Paths of Prometheus' tools: those on PATH, else Debian's packages are installed, where that is allowed.
 *
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {Promise<PrometheusTools>} rejects with an error that says how to get them
 */
export async function ensurePrometheusTools(env = process.env) {
  const found = findPrometheusTools(env);
  if (found) return found;
  let reason = 'this is not Debian, or not root';
  if (process.getuid?.() === 0 && onPath(['apt-get'], env)) {
    try {
      await install(env);
      const installed = findPrometheusTools(env);
      if (installed) return installed;
      reason = `the packages ${PACKAGES.join(' and ')} do not have them`;
    } catch (error) {
      reason = error instanceof Error ? error.message : String(error);
    }
  }
  throw new Error(
    [
      `no ${missing(look(env)).join(', ')} on PATH. Install Prometheus and Alertmanager`,
      '(https://prometheus.io/download/, `brew install prometheus alertmanager`, or on Debian and Ubuntu',
      `\`apt-get install --no-install-recommends ${PACKAGES.join(' ')}\`) and run this again.`,
      `They could not be installed from here: ${reason}.`,
    ].join('\n'),
  );
}

/** @param {NodeJS.ProcessEnv} env */
async function install(env) {
  say(`Installing Debian's packages ${PACKAGES.join(' and ')}, needed to run the rules …`);
  // Debian starts services that it installs; we start our own, on ports of our own.
  const quiet = { env: { ...env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' } };
  await run('apt-get', ['-qq', 'update'], quiet);
  await run('apt-get', ['-qq', 'install', '-y', '--no-install-recommends', ...PACKAGES], quiet);
}

/**
 * @param {NodeJS.ProcessEnv} env
 * @returns {Readonly<Record<string, string | undefined>>}
 */
function look(env) {
  return Object.fromEntries(Object.entries(EXECUTABLES).map(([tool, names]) => [tool, onPath(names, env)]));
}

/** @param {Readonly<Record<string, string | undefined>>} found */
function missing(found) {
  return Object.keys(EXECUTABLES).filter((tool) => found[tool] === undefined);
}

/**
 * @param {readonly string[]} names
 * @param {NodeJS.ProcessEnv} env
 */
function onPath(names, env) {
  const folders = (env.PATH ?? '').split(path.delimiter).filter(Boolean);
  return folders.flatMap((folder) => names.map((name) => path.join(folder, name))).find(isExecutable);
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
