import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { ensureTemporal } from './temporal-binary.mjs';

/**
 * @typedef {object} TemporalServerOptions
 * @property {number} [port] gRPC port; a free one when left out
 * @property {readonly string[]} [namespaces] created at start; `default` when left out
 * @property {Readonly<Record<string, string | number | boolean>>} [dynamicConfig] e.g. `limit.historyCount.error`
 * @property {'debug' | 'info' | 'warn' | 'error' | 'never'} [logLevel] `error` when left out
 */

/**
 * @typedef {object} TemporalServer
 * @property {string} address host and port for clients
 * @property {number} pid
 * @property {() => Promise<void>} stop ends the server; may be called more than once
 */

const READY_MS = 60_000;
const STOP_MS = 5_000;

/**
 * Starts a real Temporal development server, its data in memory, and waits until it serves. It ends with this process,
 * however this process ends.
 *
 * @param {TemporalServerOptions} [options]
 * @returns {Promise<TemporalServer>}
 */
export async function startTemporalServer(options = {}) {
  const binary = await ensureTemporal();
  const port = options.port ?? (await freePort());
  const namespaces = options.namespaces ?? ['default'];
  const child = spawn(binary, serverArguments(port, namespaces, options), {
    // In a group of its own, so that Ctrl-C leaves it to us to stop the server after its workers.
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const exited = once(child, 'exit').catch(() => undefined);
  const output = keepTail(child);
  const unguard = guard(child);
  const address = `127.0.0.1:${port}`;

  const stop = async () => {
    unguard();
    if (child.exitCode === null && child.signalCode === null) {
      child.kill('SIGTERM');
      const kill = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
      await exited;
      clearTimeout(kill);
    }
  };
  try {
    const ended = exited.then(() => {
      throw new Error('it ended');
    });
    await Promise.race([untilServing(address, namespaces), ended]);
  } catch (error) {
    await stop();
    const reason = error instanceof Error ? error.message : error;
    throw new Error(`Temporal server did not start on ${address}: ${reason}\n${output()}`);
  }
  return { address, pid: child.pid ?? 0, stop };
}

/**
 * @param {number} port
 * @param {readonly string[]} namespaces
 * @param {TemporalServerOptions} options
 */
function serverArguments(port, namespaces, { dynamicConfig = {}, logLevel = 'error' }) {
  const settings = Object.entries(dynamicConfig).map(([key, value]) => `${key}=${JSON.stringify(value)}`);
  return [
    ...['server', 'start-dev', '--headless', '--ip', '127.0.0.1', '--port', String(port), '--log-level', logLevel],
    ...namespaces.flatMap((namespace) => ['--namespace', namespace]),
    ...settings.flatMap((setting) => ['--dynamic-config-value', setting]),
  ];
}

async function freePort() {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no free port');
  return address.port;
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

/**
 * @param {string} address
 * @param {readonly string[]} namespaces
 */
async function untilServing(address, namespaces) {
  const { Connection } = await import('@temporalio/client');
  const deadline = Date.now() + READY_MS;
  for (;;) {
    try {
      const connection = await Connection.connect({ address, connectTimeout: '1s' });
      try {
        for (const namespace of namespaces) await connection.workflowService.describeNamespace({ namespace });
        return;
      } finally {
        await connection.close();
      }
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await sleep(100);
    }
  }
}
