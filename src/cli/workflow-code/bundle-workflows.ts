import { type BundleOptions, bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';
import { AgentObservabilityPlugin } from '../../plugin';
import { CliError, EXIT } from '../cli-error';

export type BundleSource = Pick<
  BundleOptions,
  'workflowsPath' | 'workflowInterceptorModules' | 'payloadConverterPath' | 'failureConverterPath'
>;

/**
 * Bundles workflow code with the plugin.
 *
 * @throws CliError with what the bundler said
 */
export async function bundleWorkflows(source: BundleSource): Promise<string> {
  const said: string[] = [];
  const logger = new DefaultLogger('ERROR', ({ message }) => said.push(message));
  try {
    const plugin = new AgentObservabilityPlugin({ metrics: 'off', content: 'off', logger });
    const { code } = await bundleWorkflowCode({ ...source, plugins: [plugin], logger });
    return code;
  } catch (error) {
    said.push(error instanceof Error ? error.message : String(error));
    throw new CliError(`The workflow code cannot be bundled: ${said.join('\n')}`, EXIT.failed, undefined, {
      cause: error,
    });
  }
}
