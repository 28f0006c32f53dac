import { setTimeout as sleep } from 'node:timers/promises';
import { freePort, startServerProcess } from './server-process.mjs';
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
  const address = `127.0.0.1:${port}`;
  const { pid, stop } = await startServerProcess(
    `Temporal server on ${address}`,
    binary,
    serverArguments(port, namespaces, options),
    () => untilServing(address, namespaces),
  );
  return { address, pid, stop };
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
