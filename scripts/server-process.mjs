import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';

/**
 * @typedef {object} ServerProcess
 * @property {number} pid
 * @property {() => Promise<void>} stop ends the server; may be called more than once
 * @property {() => Promise<void>} kill ends it as a crash would
 */

const STOP_MS = 5_000;

/**
 * Starts a server and waits until it serves. It ends with this process, however this process ends.
 *
 * @param {string} name for errors
 * @param {string} binary
 * @param {readonly string[]} args
 * @param {() => Promise<unknown>} untilServing rejects when it takes too long
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv }} [options]
 * @returns {Promise<ServerProcess>}
 */
export async function startServerProcess(name, binary, args, untilServing, options = {}) {
  const child = spawn(binary, args, {
    ...options,
    // In a group of its own, so that Ctrl-C leaves it to us to stop the server after what uses it.
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  /** @type {Error | undefined} */
  let failure;
  const exited = once(child, 'exit').catch((error) => {
    failure = error;
  });
  const output = keepTail(child);
  const unguard = guard(child);

  const end = async (/** @type {NodeJS.Signals} */ signal) => {
    unguard();
    if (child.pid !== undefined && child.exitCode === null && child.signalCode === null) {
      child.kill(signal);
      const kill = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
      await exited;
      clearTimeout(kill);
    }
  };
  const stop = () => end('SIGTERM');
  try {
    const ended = exited.then(() => {
      throw failure ?? new Error('it ended');
    });
    await Promise.race([untilServing(), ended]);
  } catch (error) {
    await stop();
    const reason = error instanceof Error ? error.message : error;
    throw new Error(`${name} did not start: ${reason}\n${output()}`);
  }
  return { pid: child.pid ?? 0, stop, kill: () => end('SIGKILL') };
}

/** Below what Linux, macOS and Windows give to outgoing connections, any of which could take a port before it is used. */
const PORTS = { first: 20_000, count: 12_000 };
const TRIES = 100;

/** A port of 127.0.0.1 that nobody listens on. */
export async function freePort() {
  for (let tries = 0; tries < TRIES; tries++) {
    const port = PORTS.first + Math.floor(Math.random() * PORTS.count);
    if (await isFree(port)) return port;
  }
  throw new Error(`no free port from ${PORTS.first} to ${PORTS.first + PORTS.count - 1}`);
}

/** @param {number} port */
async function isFree(port) {
  const server = createServer();
  server.listen(port, '127.0.0.1');
  try {
    await once(server, 'listening');
  } catch {
    return false;
  }
  server.close();
  await once(server, 'close');
  return true;
}

/**
 * @param {import('node:child_process').ChildProcess} child
 */
function keepTail(child) {
  let tail = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8');
    stream?.on('data', (chunk) => {
      tail = (tail + chunk).slice(-4_000);
    });
    // A server that is only waited for must not keep our process alive.
    Reflect.get(stream ?? {}, 'unref')?.call(stream);
  }
  child.unref();
  return () => tail;
}

/**
 * Ends the child when this process ends. An exit handler does not run on SIGKILL, but a pipe is closed even then.
 *
 * @param {import('node:child_process').ChildProcess} child
 * @returns {() => void} lifts the guard
 */
function guard(child) {
  const kill = () => {
    child.kill('SIGKILL');
  };
  process.once('exit', kill);
  if (process.platform === 'win32' || child.pid === undefined) return () => process.off('exit', kill);
  const watcher = spawn('sh', ['-c', 'cat > /dev/null; kill -9 "$1" 2> /dev/null', 'sh', String(child.pid)], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  watcher.unref();
  Reflect.get(watcher.stdin, 'unref')?.call(watcher.stdin);
  return () => {
    process.off('exit', kill);
    watcher.kill('SIGKILL');
  };
}
