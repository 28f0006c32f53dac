import path from 'node:path';
import { build } from 'esbuild';
import { ROOT } from './process.mjs';

/**
 * Makes one small file of each module that runs in the workflow sandbox. Workflow bundles carry them and every sandbox
 * evaluates them, so that their size counts; as separate modules they would be more than twice as large.
 *
 * Each has its own copy of what both import. Nothing that they share is a variable of a module, see `current-run.ts`.
 *
 * @param {string} lib folder of the build
 */
export async function bundleSandbox(lib) {
  await bundle(lib, 'interceptors');
  // Stack traces of workflows, and the query for where one waits, show its functions.
  await bundle(lib, 'index', { keepNames: true });
}

/**
 * @param {string} lib
 * @param {string} name
 * @param {import('esbuild').BuildOptions} more
 */
async function bundle(lib, name, more = {}) {
  await build({
    entryPoints: [path.join(ROOT, 'src', 'workflow', `${name}.ts`)],
    outfile: path.join(lib, 'workflow', `${name}.js`),
    tsconfig: path.join(ROOT, 'tsconfig.json'),
    bundle: true,
    minify: true,
    format: 'cjs',
    // For the hint that lets Node see named exports; nothing of Node is imported.
    platform: 'node',
    target: 'es2022',
    external: ['@temporalio/*'],
    logLevel: 'warning',
    ...more,
  });
}
