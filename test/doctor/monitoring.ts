/**
 * Real Prometheus and Alertmanager, on free ports, with their data in a directory that is removed.
 *
 * @module
 */

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, constants, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { onTestFinished, vi } from 'vitest';
import { stringify } from 'yaml';
import { freePort } from '../support/installed-project';

const STARTED = { timeout: 30_000, interval: 100 };
export const ALERTS = path.join(import.meta.dirname, '../../alerts');

/** Everything as often as it can be. */
const EACH_SECOND = { scrape_interval: '1s', scrape_timeout: '1s', evaluation_interval: '1s' };

/** @returns the address */
export async function startPrometheus(config: Readonly<Record<string, unknown>>): Promise<string> {
  const text = stringify({ global: EACH_SECOND, ...config });
  return startServer(['prometheus'], text, (file, directory, port) => [
    `--config.file=${file}`,
    `--storage.tsdb.path=${directory}`,
    `--web.listen-address=127.0.0.1:${port}`,
    '--log.level=error',
  ]);
}

/** @returns the address */
export async function startAlertmanager(config: Readonly<Record<string, unknown>>): Promise<string> {
  // Debian gives it a name of its own.
  return startServer(['alertmanager', 'prometheus-alertmanager'], stringify(config), (file, directory, port) => [
    `--config.file=${file}`,
    `--storage.path=${directory}`,
    `--web.listen-address=127.0.0.1:${port}`,
    '--cluster.listen-address=',
    '--log.level=error',
  ]);
}

/** What Prometheus needs to scrape one address. */
export function job(name: string, url: string) {
  return { job_name: name, static_configs: [{ targets: [new URL(url).host] }] };
}

async function startServer(
  names: readonly string[],
  config: string,
  args: (file: string, directory: string, port: number) => string[],
): Promise<string> {
  const directory = mkdtempSync(path.join(tmpdir(), 'doctor-'));
  const file = path.join(directory, 'config.yml');
  writeFileSync(file, config);
  const port = await freePort();
  const child = spawn(executable(names), args(file, directory, port), { stdio: ['ignore', 'ignore', 'pipe'] });
  let errors = '';
  child.stderr?.on('data', (chunk) => {
    errors += chunk;
  });
  onTestFinished(async () => {
    await ended(child);
    rmSync(directory, { recursive: true, force: true });
  });
  const url = `http://127.0.0.1:${port}`;
  await vi.waitFor(async () => {
    if (child.exitCode !== null) throw new Error(errors);
    if (!(await fetch(`${url}/-/ready`)).ok) throw new Error('not ready');
  }, STARTED);
  return url;
}

export async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, 'exit');
  child.kill('SIGKILL');
  await exit;
}

/** A missing tool is an error, never a test that is left out. */
export function executable(names: readonly string[]): string {
  const folders = (process.env.PATH ?? '').split(path.delimiter);
  const found = folders.flatMap((folder) => names.map((name) => path.join(folder, name))).find(isExecutable);
  if (found !== undefined) return found;
  throw new Error(
    `${names[0]} is not on PATH. On Debian: apt-get install --no-install-recommends prometheus prometheus-alertmanager`,
  );
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
