import { type BundlerPlugin, bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';

/** What the plugin may add to a workflow bundle, in KB: every sandbox evaluates it. */
export const ADDED_CODE_GOAL = 45;

export const KB = 1000;

/** Code of a workflow bundle, without its source map. */
export async function bundledCode(workflowsPath: string, plugins: BundlerPlugin[]): Promise<string> {
  const { code } = await bundleWorkflowCode({ workflowsPath, logger: new DefaultLogger('ERROR'), plugins });
  return code.replace(/^\/\/# sourceMappingURL=.*$/m, '');
}
