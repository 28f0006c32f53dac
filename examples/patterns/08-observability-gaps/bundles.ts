import path from 'node:path';
import { bundleWorkflowCode, Runtime, type WorkflowBundleWithSourceMap } from '@temporalio/worker';
import type { AgentObservabilityPlugin } from 'temporal-agent-observability';

const workflowsPath = path.join(__dirname, 'workflows/index.ts');

/** BROKEN: the worker has the plugin, and the bundle that it loads was built without. */
export function broken(): Promise<WorkflowBundleWithSourceMap> {
  return bundleWorkflowCode({ workflowsPath, logger: Runtime.instance().logger });
}

/** FIXED: the same plugin, at both places. */
export function fixed(plugin: AgentObservabilityPlugin): Promise<WorkflowBundleWithSourceMap> {
  return bundleWorkflowCode({ workflowsPath, plugins: [plugin], logger: Runtime.instance().logger });
}
