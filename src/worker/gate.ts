/**
 * The gate: whether a new run may write search attributes. Runs that have begun to write go on whatever it says.
 *
 * @module
 */

import type { PatchActivationCallback, PatchActivationInput } from '@temporalio/worker';
import { stableShare } from '../definitions/keyword';
import { PATCH_IDS } from '../definitions/wire';

export interface GateRules {
  readonly mode: 'on' | 'drain' | 'off';
  readonly rollout: number;
  readonly workflows: { readonly include: readonly string[] | undefined; readonly exclude: readonly string[] };
}

/** Whether workflows of this type are observed at all. */
export function includesWorkflow({ include, exclude }: GateRules['workflows'], workflowType: string): boolean {
  return !exclude.includes(workflowType) && (include === undefined || include.includes(workflowType));
}

/**
 * Answers for our patch ids only; every other id gets the user's answer, or true where the user has none.
 *
 * @param registered whether the namespace has the bundle's attributes with the right types
 */
export function gate(
  rules: GateRules,
  registered: () => boolean,
  users: PatchActivationCallback | undefined,
  onError: (error: unknown) => void,
): PatchActivationCallback {
  return (input) => {
    if (!PATCH_IDS.includes(input.patchId)) return users === undefined ? true : users(input);
    try {
      return admits(rules, registered, input);
    } catch (error) {
      onError(error);
      return false;
    }
  };
}

function admits(
  { mode, rollout, workflows }: GateRules,
  registered: () => boolean,
  input: PatchActivationInput,
): boolean {
  const { workflowId, workflowType } = input.workflowInfo;
  return (
    mode === 'on' &&
    registered() &&
    includesWorkflow(workflows, workflowType) &&
    // A run that continues as new keeps its workflow id, and so its answer.
    (rollout >= 1 || stableShare(workflowId) < rollout)
  );
}
