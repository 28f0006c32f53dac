/** Checks the package as it would be published: publint for its manifest, attw for its types in every resolution mode. */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { npm, ROOT, run, say } from './process.mjs';

const folder = mkdtempSync(path.join(tmpdir(), 'package-check-'));
const bin = (/** @type {string} */ name) => path.join(ROOT, 'node_modules', '.bin', name);
try {
  await npm(['pack', '--ignore-scripts', '--pack-destination', folder]);
  const tarball = readdirSync(folder).map((name) => path.join(folder, name))[0];
  if (!tarball) throw new Error('npm pack made no file');
  await run(bin('publint'), ['run', tarball, '--strict']);
  await run(bin('attw'), [tarball]);
} catch (error) {
  say(`package-check: ${error instanceof Error ? error.message : error}`);
  process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
