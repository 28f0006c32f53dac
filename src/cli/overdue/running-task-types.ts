import type { Visibility } from '../../client/visibility';
import { allOf, isAskable, quote, RUNNING } from '../../client/visibility-query';
import { IS_AGENT } from '../../exporter/task-types';

/** Runs that one List looks at for types that are not known yet. */
const PAGE = 200;

export interface RunningTaskTypes {
  /** In alphabetical order. */
  readonly names: readonly string[];
  /** There are more than were asked for. */
  readonly more: boolean;
  /** There are some that Temporal cannot be asked for by name. */
  readonly unaskable: boolean;
}

/** Task types of the agents that run, `max` at most. A request for each type at most, and one more. */
export async function runningTaskTypes(visibility: Visibility, max: number): Promise<RunningTaskTypes> {
  const types = new Set<string>();
  let unaskable = false;
  for (;;) {
    const others = types.size === 0 ? undefined : `AgentTaskType NOT IN (${[...types].map(quote).join(', ')})`;
    const { runs, more } = await visibility.list('task_types', allOf(RUNNING, IS_AGENT, others), PAGE);
    const known = types.size;
    for (const { taskType = '' } of runs) {
      if (isAskable(taskType)) types.add(taskType);
      else unaskable = true;
    }
    const isLast = !more || types.size === known;
    if (isLast || types.size > max) {
      return { names: [...types].sort().slice(0, max), more: types.size > max, unaskable };
    }
  }
}
