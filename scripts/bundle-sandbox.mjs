import path from 'node:path';
import { build } from 'esbuild';
import { ROOT } from './process.mjs';

/**
 * Makes one small file of the module that Temporal loads into the workflow sandbox. Every workflow bundle carries it and
 * every sandbox evaluates it, so its size counts; as separate modules it would be more than twice as large.
 *
 * @param {string} lib folder of the build
 */
export async function bundleSandbox(lib) {
  await build({
    entryPoints: [path.join(ROOT, 'src', 'workflow', 'interceptors.ts')],
    outfile: path.join(lib, 'workflow', 'interceptors.js'),
    tsconfig: path.join(ROOT, 'tsconfig.json'),
    bundle: true,
    minify: true,
    format: 'cjs',
    // For the hint that lets Node see named exports; nothing of Node is imported.
    platform: 'node',
    target: 'es2022',
    external: ['@temporalio/*'],
    logLevel: 'warning',
  });
}
