import { run, say } from './process.mjs';

const PROGRESS_MS = 10_000;

/**
 * Compiles a Go program into a folder and says every ten seconds how far it is.
 *
 * @param {string} program - package and version, as `go install` takes them
 * @param {string} folder
 * @param {{ env?: NodeJS.ProcessEnv, tags?: string }} [options]
 * @returns {Promise<void>} rejects with the last lines of what Go says
 */
export async function goInstall(program, folder, { env = process.env, tags } = {}) {
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
    await run('go', ['install', '-v', ...(tags ? ['-tags', tags] : []), program], {
      env: { ...env, GOBIN: folder },
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
