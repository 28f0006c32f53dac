/**
 * What can be found in a worker's workflow bundle before any of its code runs.
 *
 * @module
 */

import { readFile } from 'node:fs/promises';
import type { BundleOptions, WorkerOptions } from '@temporalio/worker';
import type { Detection } from '../definitions/finding';
import { readBundleModules } from './bundle-modules';
import { findModelSdkImports } from './model-sdk-imports';
import type { WorkerObserver } from './worker-observer';

type WebpackConfig = Parameters<NonNullable<BundleOptions['webpackConfigHook']>>[0];
type WebpackPlugin = NonNullable<WebpackConfig['plugins']>[number];

/** As much of webpack's compiler as is needed; its types are no dependency of ours. */
interface Compiler {
  readonly hooks: { readonly emit: { tap(name: string, listener: (compilation: Compilation) => void): void } };
}

interface Compilation {
  getAssets(): readonly { readonly source: { source(): string | Buffer } }[];
}

type Observer = Pick<WorkerObserver, 'found' | 'report'>;

/**
 * Looks into the worker's bundle: at once where it was built before, else as soon as the worker has built it. Nothing
 * waits for it.
 *
 * @returns the options, with a look at what webpack makes where the worker builds its bundle
 */
export function watchBundle(workerOptions: WorkerOptions, observer: Observer): WorkerOptions {
  const { workflowBundle, workflowsPath, bundlerOptions, taskQueue } = workerOptions;
  const look = (code: string) => lookInto(code, taskQueue, observer);
  if (workflowBundle !== undefined) {
    void codeOf(workflowBundle).then(look, () => undefined /* It is for Temporal to refuse. */);
    return workerOptions;
  }
  if (workflowsPath === undefined) return workerOptions;
  const users = bundlerOptions?.webpackConfigHook;
  return {
    ...workerOptions,
    bundlerOptions: {
      ...bundlerOptions,
      webpackConfigHook(config) {
        const configured = users?.(config) ?? config;
        return { ...configured, plugins: [...(configured.plugins ?? []), emitPlugin(look)] };
      },
    },
  };
}

function emitPlugin(look: (code: string) => void): WebpackPlugin {
  return {
    apply({ hooks }: Compiler) {
      hooks.emit.tap('temporal-agent-observability', (compilation) => {
        for (const { source } of compilation.getAssets()) look(source.source().toString());
      });
    },
  } as WebpackPlugin;
}

async function codeOf(bundle: NonNullable<WorkerOptions['workflowBundle']>): Promise<string> {
  return 'code' in bundle ? bundle.code : await readFile(bundle.codePath, 'utf8');
}

function lookInto(code: string, taskQueue: string, observer: Observer): void {
  try {
    for (const found of findModelSdkImports(readBundleModules(code))) {
      const { package: name, importedBy, via } = found;
      const importer = importedBy ?? 'an interceptor or converter';
      const way = via === undefined ? '' : ` by way of ${via}`;
      const detection: Detection = {
        id: 'llm-in-workflow',
        message: `${name} is part of the workflow bundle of task queue ${taskQueue}: ${importer} imports it${way}`,
        cause: name,
        evidence: { package: name, importedBy: importer, ...(via !== undefined && { via }), taskQueue },
      };
      observer.found(detection);
    }
  } catch (error) {
    observer.report('detector', error);
  }
}
