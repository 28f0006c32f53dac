/**
 * Tests rules and dashboards with the promtool of Prometheus 3, beside Debian's of Prometheus 2 that all other tests use.
 */
import { spawn } from 'node:child_process';
import path from 'node:path';
import { cachedPath, ensureCached, isExecutable } from './cached-program.mjs';
import { goInstall } from './go-install.mjs';
import { ROOT, run, say } from './process.mjs';

/** Prometheus 3.16.0; as a Go module Prometheus 3.x is 0.3xx. */
const VERSION = 'v0.316.0';
const TESTS = ['test/alerts', 'test/dashboards'];

/** @param {NodeJS.ProcessEnv} env */
async function ensurePromtool(env) {
  const target = cachedPath(`promtool-${VERSION}`, 'promtool', env);
  if (isExecutable(target)) return target;
  await ensureCached(target, {
    doing: 'compiling promtool',
    obtain: async (binary) => {
      say(`Compiling promtool ${VERSION} with \`go install\`. This takes several minutes, once; the result is cached.`);
      // Without service discovery, and the SDKs of all clouds with it, which promtool needs for nothing that we test.
      const program = `github.com/prometheus/prometheus/cmd/promtool@${VERSION}`;
      await goInstall(program, path.dirname(binary), { env, tags: 'remove_all_sd' });
    },
  });
  return target;
}

try {
  const promtool = await ensurePromtool(process.env);
  await run(promtool, ['--version']);
  const env = { ...process.env, PATH: [path.dirname(promtool), process.env.PATH].join(path.delimiter) };
  const vitest = path.join(ROOT, 'node_modules/vitest/vitest.mjs');
  const child = spawn(process.execPath, [vitest, 'run', ...TESTS], { cwd: ROOT, env, stdio: 'inherit' });
  child.once('exit', (code) => {
    process.exitCode = code ?? 1;
  });
} catch (error) {
  say(`promtool failed: ${error instanceof Error ? error.message : error}`);
  process.exitCode = 1;
}
