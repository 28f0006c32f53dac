import { spawn } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** Root of the project. */
export const ROOT = path.dirname(path.dirname(fileURLToPath(import.meta.url)));

/** Scratch space of the project's tooling, ignored by git. */
export const CACHE = path.join(ROOT, '.cache');

/**
 * Prints a line on stderr: stdout belongs to the command that set-up is done for.
 *
 * @param {string} message
 */
export function say(message) {
  process.stderr.write(`${message}\n`);
}

/**
 * Runs a command with its output on our stderr.
 *
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv, onStderrLine?: (line: string) => void }} [options]
 *   `onStderrLine` takes the lines of stderr instead of our stderr.
 * @returns {Promise<void>} rejects with the exit code in words
 */
export function run(command, args, options = {}) {
  const { onStderrLine } = options;
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: options.cwd ?? ROOT,
      env: options.env ?? process.env,
      stdio: ['ignore', 2, onStderrLine ? 'pipe' : 2],
    });
    if (onStderrLine && child.stderr) splitLines(child.stderr, onStderrLine);
    child.once('error', (error) => reject(new Error(`${command} could not be started: ${error.message}`)));
    child.once('close', (code, signal) => {
      if (code === 0) resolve();
      else reject(new Error(`${[command, ...args].join(' ')} ended with ${signal ?? `exit code ${code}`}`));
    });
  });
}

/**
 * @param {NodeJS.ReadableStream} stream
 * @param {(line: string) => void} onLine
 */
function splitLines(stream, onLine) {
  let rest = '';
  stream.setEncoding('utf8');
  stream.on('data', (chunk) => {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) onLine(line);
  });
  stream.on('end', () => {
    if (rest) onLine(rest);
  });
}

/**
 * Runs npm, the very one that runs us where there is one, whatever quietness it was itself asked for.
 *
 * @param {readonly string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv }} [options]
 */
export function npm(args, options) {
  const quiet = ['--loglevel=error', '--no-audit', '--no-fund'];
  const cli = process.env.npm_execpath;
  if (cli && /npm-cli\.[cm]?js$/.test(cli)) return run(process.execPath, [cli, ...args, ...quiet], options);
  return run(process.platform === 'win32' ? 'npm.cmd' : 'npm', [...args, ...quiet], options);
}
