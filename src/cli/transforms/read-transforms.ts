/**
 * Which transforms a bundle of workflow code defines.
 *
 * The bundle is run as Temporal runs it, in the SDK's own sandbox: a history of one workflow task is replayed, and the
 * workflow side of the plugin tells the names as it does in production. No server is asked.
 *
 * @module
 */

import { type InjectedSinks, Worker } from '@temporalio/worker';
import { decodeBundleConfig } from '../../definitions/bundle-config';
import { SINK_NAME } from '../../definitions/wire';
import type { AgentSinks } from '../../workflow/sinks';
import { CliError, EXIT } from '../cli-error';
import { notEvaluated } from '../workflow-code/not-evaluated';
import { appendSource, PROBE, probeHistory } from '../workflow-code/probe';
import { quietTemporal } from '../workflow-code/quiet-temporal';

const PROBE_SOURCE = `;(() => {
  const load = __TEMPORAL__.importWorkflows;
  __TEMPORAL__.importWorkflows = () => ({ ...load(), ${PROBE}: async () => {} });
})();
`;

/**
 * Names of the transforms that a bundle defines, in alphabetical order.
 *
 * @throws CliError when the bundle was built without the plugin, or its code cannot be evaluated
 */
export async function readTransforms(code: string): Promise<readonly string[]> {
  if (decodeBundleConfig(code) === undefined) {
    throw new CliError(
      'The bundle was built without the plugin, so that nothing in it can tell its transforms.',
      EXIT.failed,
      'Pass the plugin to bundleWorkflowCode({ plugins: [...] }), or give --workflows in place of --bundle.',
    );
  }
  quietTemporal();
  let names: readonly string[] = [];
  try {
    await Worker.runReplayHistory(
      {
        workflowBundle: { code: appendSource(code, PROBE_SOURCE) },
        sinks: listening((defined) => {
          names = defined;
        }),
      },
      probeHistory(),
      PROBE,
    );
  } catch (error) {
    // An interceptor of the user's can emit commands that no history has; the names were told before that.
    if (names.length === 0) throw notEvaluated(error);
  }
  return [...names].sort();
}

function listening(defined: (names: readonly string[]) => void): InjectedSinks<AgentSinks> {
  const silent = { fn: () => {}, callDuringReplay: false };
  return {
    [SINK_NAME]: {
      internalError: silent,
      finding: silent,
      approvalRequested: silent,
      approvalEnded: silent,
      transformed: silent,
      transformsDefined: { fn: (_info, names) => defined(names), callDuringReplay: true },
    },
  };
}
