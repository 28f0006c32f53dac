import type { Watch, WatchedNamespace } from './watch';
import { ApprovalsWatch } from './watches/approvals';
import { ClosedWatch } from './watches/closed';
import { FailingTasksWatch } from './watches/failing-tasks';
import { OrphansWatch } from './watches/orphans';
import { OverdueWatch } from './watches/overdue';

/**
 * Everything that is watched in a namespace, in the order in which it is asked for. What needs no samples of completed runs
 * comes first: new samples cost a request for each task type.
 */
export function createWatches(namespace: WatchedNamespace): readonly Watch[] {
  const overdue = new OverdueWatch(namespace);
  return [
    new ApprovalsWatch(namespace),
    new OrphansWatch(namespace),
    overdue,
    new FailingTasksWatch(namespace, overdue),
    new ClosedWatch(namespace),
  ];
}
