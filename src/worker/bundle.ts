/**
 * Our part of a workflow bundle: the interceptor module and the marker line with what it was built with.
 *
 * @module
 */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BundleOptions, WorkerOptions } from '@temporalio/worker';
import { type BundleConfig, decodeBundleConfig, encodeBundleConfig } from '../definitions/bundle-config';
import { BUNDLE_CONSTANT } from '../definitions/wire';

/** Path of the module that Temporal loads into the sandbox. */
export const INTERCEPTORS_MODULE = join(__dirname, '..', 'workflow', 'interceptors');

type WebpackConfig = Parameters<NonNullable<BundleOptions['webpackConfigHook']>>[0];
type WebpackPlugin = NonNullable<WebpackConfig['plugins']>[number];

/** Adds our module and its configuration, once, whichever instance comes first. */
export function configureBundle(options: BundleOptions, config: BundleConfig): BundleOptions {
  const modules = options.workflowInterceptorModules ?? [];
  if (modules.includes(INTERCEPTORS_MODULE)) return options;
  const { webpackConfigHook: users } = options;
  return {
    ...options,
    workflowInterceptorModules: [...modules, INTERCEPTORS_MODULE],
    webpackConfigHook(webpackConfig) {
      const configured = users?.(webpackConfig) ?? webpackConfig;
      return { ...configured, plugins: [...(configured.plugins ?? []), definePlugin(config)] };
    },
  };
}

/** Webpack comes with the compiler, so that it need not be a dependency of ours, of another version than the SDK's. */
function definePlugin(config: BundleConfig): WebpackPlugin {
  return {
    apply(compiler: { webpack: { DefinePlugin: new (d: Record<string, string>) => { apply(c: unknown): void } } }) {
      const line = JSON.stringify(encodeBundleConfig(config));
      new compiler.webpack.DefinePlugin({ [BUNDLE_CONSTANT]: line }).apply(compiler);
    },
  } as WebpackPlugin;
}

/**
 * What a prebuilt bundle was built with. `undefined` when there is none of ours in it.
 *
 * @throws Error when the bundle's file cannot be read
 */
export function readPrebuiltBundle(bundle: NonNullable<WorkerOptions['workflowBundle']>): BundleConfig | undefined {
  return decodeBundleConfig('code' in bundle ? bundle.code : readFileSync(bundle.codePath, 'utf8'));
}
