import type { FindingId } from '../definitions/findings';
import { currentRun } from './current-run';
import { observe } from './observe';

/**
 * Says that what a finding speaks of is meant, in this run, in the activities that it runs from now on and in the runs
 * that it continues as. The finding is not reported for them. Calling it adds nothing to history; it does nothing when
 * the bundle was built without the plugin. Whoever allows `child-abandoned` allows its consequence, `orphaned-agent`, too.
 *
 * @param finding - Id of the finding, see `docs/findings.md`.
 * @param reason - Why it is meant; for whoever reads the code. A call without a reason is ignored.
 *
 * @example
 * ```ts
 * allow('child-abandoned', 'the audit must outlive the agent');
 * ```
 */
export function allow(finding: FindingId, reason: string): void {
  if (typeof finding !== 'string' || typeof reason !== 'string' || reason.trim() === '') return;
  observe(() => currentRun()?.allow(finding));
}
