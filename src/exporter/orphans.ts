/**
 * Running agents whose parent is closed. Visibility cannot join: running children are listed, then their parents.
 *
 * @module
 */

import type { Visibility } from '../client/visibility';
import { ParentInquiry } from './parent-inquiry';
import { type ParentEnd, type ParentState, readParentStates } from './parent-runs';
import { type ChildRun, type ChildrenRequest, listRunningChildren } from './running-children';
import { taskStartMs } from './task-start';
import type { WorkflowDescriber } from './workflow-describer';

export interface OrphansRequest extends ChildrenRequest {
  /** Most parents that the server itself is asked about, since visibility does not tell whether they are open. */
  readonly describeLimit: number;
}

export interface Orphan {
  readonly run: ChildRun;
  readonly parentEnd: ParentEnd;
}

export interface FoundOrphans {
  /** The one whose task began first comes first. */
  readonly orphans: readonly Orphan[];
  /** Running children that were looked at. */
  readonly children: number;
  /** There are more running children than were looked at. */
  readonly more: boolean;
  /** Children of which it cannot be told whether their parent is closed; they do not count as orphans. */
  readonly undecided: number;
}

/**
 * Finds orphans, at most as many as the limit of children. Where a parent may be open, its children are none: a later run
 * of its workflow id that belongs to it, be it by continue-as-new, retry, cron or reset, is the parent still. Children
 * that are meant to outlive their parent cannot be told from others.
 *
 * @throws whatever a request throws
 */
export async function findOrphans(
  { visibility, describer }: { readonly visibility: Visibility; readonly describer: WorkflowDescriber },
  request: OrphansRequest,
): Promise<FoundOrphans> {
  const { children, more } = await listRunningChildren(visibility, request);
  const oldestFirst = children.toSorted((a, b) => taskStartMs(a) - taskStartMs(b) || (a.runId < b.runId ? -1 : 1));
  // The first child of each parent stands for all of its children.
  const firstborn = new Map(oldestFirst.toReversed().map((child) => [child.parent.runId, child]));
  const parents = [...firstborn.values()].toReversed().map(({ parent }) => parent);
  const states = new Map(await readParentStates(visibility, parents));
  const inquiry = new ParentInquiry(describer);
  let asked = 0;
  for (const { runId } of parents) {
    const [child, state] = [firstborn.get(runId), states.get(runId)];
    if (child === undefined || state?.state !== 'unclear' || asked >= request.describeLimit) continue;
    asked += 1;
    states.set(runId, await inquiry.ask(child, state));
  }
  const stateOf = (child: ChildRun): ParentState | undefined => states.get(child.parent.runId);
  return {
    orphans: oldestFirst.flatMap((run) => {
      const state = stateOf(run);
      return state?.state === 'closed' ? [{ run, parentEnd: state.end }] : [];
    }),
    children: children.length,
    more,
    undecided: children.filter((child) => stateOf(child)?.state === 'unclear').length,
  };
}
