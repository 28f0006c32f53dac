/**
 * Projects with the packed package installed, as users have them.
 *
 * @module
 */

import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { npm } from '../../scripts/process.mjs';

export interface InstalledProject {
  readonly directory: string;
  /** Runs Node in the project; resolves to its stdout. */
  run(args: readonly string[], env?: Readonly<Record<string, string>>): Promise<string>;
  remove(): void;
}

interface ProjectOptions {
  /** Folder that is copied; its package.json, if any, is extended. */
  readonly files: string;
  readonly dependencies?: Readonly<Record<string, string>>;
}

/** Packs the built package, copies a project and installs both there. */
export async function installProject({ files, dependencies = {} }: ProjectOptions): Promise<InstalledProject> {
  const directory = mkdtempSync(path.join(tmpdir(), 'installed-project-'));
  const remove = () => rmSync(directory, { recursive: true, force: true });
  try {
    cpSync(files, directory, { recursive: true, filter: (file) => path.basename(file) !== 'node_modules' });
    await npm(['pack', '--silent', '--ignore-scripts', '--pack-destination', directory]);
    const tarball = readdirSync(directory).find((name) => name.endsWith('.tgz'));
    const manifest = path.join(directory, 'package.json');
    const project = readManifest(manifest);
    const all = { ...project.dependencies, ...dependencies, 'temporal-agent-observability': `file:${tarball}` };
    writeFileSync(manifest, JSON.stringify({ ...project, dependencies: all }, undefined, 2));
    await npm(['install', '--silent', '--prefer-offline'], { cwd: directory });
  } catch (error) {
    remove();
    throw error;
  }
  const run = async (args: readonly string[], env: Readonly<Record<string, string>> = {}) => {
    const { stdout } = await promisify(execFile)(process.execPath, args, {
      cwd: directory,
      // Libraries switch things off where NODE_ENV is "test", which it is not where they are used.
      env: { ...process.env, NODE_ENV: 'production', ...env },
      maxBuffer: 64 * 1024 * 1024,
    });
    return stdout;
  };
  return { directory, run, remove };
}

function readManifest(file: string): { readonly dependencies?: Readonly<Record<string, string>> } {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return {};
  }
}

/** A port that was free a moment ago. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() =>
        typeof address === 'object' && address ? resolve(address.port) : reject(new Error('no port')),
      );
    });
  });
}
