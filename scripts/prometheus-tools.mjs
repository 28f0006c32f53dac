import { accessSync, constants } from 'node:fs';
import path from 'node:path';
import { withLock } from './lock.mjs';
import { CACHE, run, say } from './process.mjs';

/** The programs, with the Debian package that has each and the names that it goes by. */
const TOOLS = {
  prometheus: { from: 'prometheus', names: ['prometheus'] },
  promtool: { from: 'prometheus', names: ['promtool'] },
  alertmanager: { from: 'prometheus-alertmanager', names: ['alertmanager', 'prometheus-alertmanager'] },
  amtool: { from: 'prometheus-alertmanager', names: ['amtool'] },
};

/** @typedef {keyof typeof TOOLS} PrometheusTool */

/**
 * Path of a program of Prometheus: on PATH, else from the Debian package, which is installed. Unpacking would not do:
 * Debian's Alertmanager looks for its templates under `/usr/share`.
 *
 * @param {PrometheusTool} tool
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {Promise<string>} rejects with an error that says how to get it
 */
export async function ensurePrometheusTool(tool, env = process.env) {
  const found = find(tool, env);
  if (found) return found;
  const { from } = TOOLS[tool];
  return withLock(path.join(CACHE, 'debian.lock'), `installing ${from}`, async () => {
    const since = find(tool, env);
    if (since) return since;
    try {
      await install(from, env);
    } catch (error) {
      throw missing(tool, error instanceof Error ? error.message : String(error));
    }
    const installed = find(tool, env);
    if (!installed) throw missing(tool, `the Debian package ${from} does not have it`);
    say(`${tool} ready: ${installed}`);
    return installed;
  });
}

/**
 * @param {PrometheusTool} tool
 * @param {NodeJS.ProcessEnv} env
 */
function find(tool, env) {
  const folders = (env.PATH ?? '').split(path.delimiter).filter(Boolean);
  return folders.flatMap((folder) => TOOLS[tool].names.map((name) => path.join(folder, name))).find(isExecutable);
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
 * @param {NodeJS.ProcessEnv} env
 */
async function install(name, env) {
  say(`Installing the Debian package ${name} …`);
  // Debian starts the services that it installs, but not in this runlevel; ours are started on ports of their own.
  const quiet = { env: { ...env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' } };
  const now = () => run('apt-get', ['-qq', 'install', '-y', '--no-install-recommends', name], quiet);
  await now().catch(async () => {
    // A machine that was just made may not know yet which packages there are.
    await run('apt-get', ['-qq', 'update'], quiet);
    await now();
  });
}

/**
 * @param {PrometheusTool} tool
 * @param {string} reason
 */
function missing(tool, reason) {
  return new Error(
    [
      `no ${tool}. Install it so that it is on PATH: \`apt-get install ${TOOLS[tool].from}\` on Debian and Ubuntu,`,
      '`brew install prometheus alertmanager` on macOS, or a release of https://prometheus.io/download.',
      `Tried PATH and the Debian package: ${reason}`,
    ].join('\n'),
  );
}
