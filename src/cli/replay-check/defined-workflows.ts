import { Worker } from '@temporalio/worker';
import { notEvaluated } from '../workflow-code/not-evaluated';
import { appendSource, PROBE, probeHistory } from '../workflow-code/probe';
import { quietTemporal } from '../workflow-code/quiet-temporal';

/** Which workflow types a bundle has code for. */
export interface DefinedWorkflows {
  /** Exported functions by name; not each needs to be meant as a workflow. */
  readonly names: ReadonlySet<string>;
  /** Whether a default export takes every type that has no function of its own. */
  readonly takesAny: boolean;
}

/** Stops before a workflow or an interceptor of the user's runs; names are encoded, for Core escapes what it repeats. */
const PROBE_SOURCE = `;(() => {
  const load = __TEMPORAL__.importWorkflows;
  __TEMPORAL__.importWorkflows = () => {
    const names = Object.entries(load()).filter(([, value]) => typeof value === 'function').map(([name]) => name);
    throw new Error('${PROBE}[' + names.map((name) => encodeURIComponent(name).replaceAll("'", '%27')).join(' ') + ']');
  };
})();
`;

/** @throws CliError when the code cannot be evaluated */
export async function definedWorkflows(code: string): Promise<DefinedWorkflows> {
  quietTemporal();
  let failure: unknown;
  try {
    await Worker.runReplayHistory(
      { workflowBundle: { code: appendSource(code, PROBE_SOURCE) } },
      probeHistory(),
      PROBE,
    );
  } catch (error) {
    failure = error;
  }
  const names = new RegExp(`${PROBE}\\[([^\\]]*)\\]`).exec(failure instanceof Error ? failure.message : '')?.[1];
  if (names === undefined) throw notEvaluated(failure);
  const decoded = new Set(names.split(' ').filter(Boolean).map(decodeURIComponent));
  return { takesAny: decoded.delete('default'), names: decoded };
}
