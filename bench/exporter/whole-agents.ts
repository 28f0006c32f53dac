import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';

const VITEST = path.join(path.dirname(require.resolve('vitest/package.json')), 'vitest.mjs');

/** Runs the tests of the whole exporter on whole agents, `test/e2e/exporter`. Resolves to whether they pass. */
export async function testWholeAgents(): Promise<boolean> {
  const args = [VITEST, 'run', '--config', 'vitest.e2e.config.mts', '--project', 'exporter'];
  const child = spawn(process.execPath, args, { cwd: path.resolve(__dirname, '../..'), stdio: 'inherit' });
  const [code] = await once(child, 'exit');
  return code === 0;
}
