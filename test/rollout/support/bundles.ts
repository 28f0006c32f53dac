import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { bundleWorkflowCode } from '@temporalio/worker';
import { type AgentObservabilityOptions, AgentObservabilityPlugin } from 'temporal-agent-observability';
import { quietRuntime } from '../../support/quiet-runtime';

/** A directory that goes when this process does. */
export function temporaryDirectory(): string {
  const directory = mkdtempSync(path.join(tmpdir(), 'rollout-'));
  process.once('exit', () => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

/** Bundles the agents' workflows, with the plugin where its options are given. Gives the bundle's file. */
export async function bundleAgents(
  plugin?: AgentObservabilityOptions,
  workflowsPath = require.resolve('./workflows.ts'),
): Promise<string> {
  const { code } = await bundleWorkflowCode({
    workflowsPath,
    logger: quietRuntime(),
    plugins: plugin === undefined ? [] : [new AgentObservabilityPlugin(plugin)],
  });
  const file = path.join(temporaryDirectory(), 'bundle.js');
  writeFileSync(file, code);
  return file;
}
