import type { Visibility } from '../../client/visibility';
import { allOf, quote, RUNNING } from '../../client/visibility-query';

/** Runs that one List looks at for types that are not known yet. */
const PAGE = 200;

/** Task types of the agents that run, in alphabetical order. A request for each type at most, and one more. */
export async function runningTaskTypes(visibility: Visibility): Promise<readonly string[]> {
  const types = new Set<string>();
  for (;;) {
    const others = types.size === 0 ? undefined : `AgentTaskType NOT IN (${[...types].map(quote).join(', ')})`;
    // Some stores take runs without the attribute to be not among the known ones.
    const condition = allOf(RUNNING, 'AgentTaskType IS NOT NULL', others);
    const { runs, more } = await visibility.list('task_types', condition, PAGE);
    const before = types.size;
    for (const { taskType } of runs) if (taskType !== undefined) types.add(taskType);
    if (!more || types.size === before) return [...types].sort();
  }
}
