import type { Watch, WatchedNamespace } from './watch';
import { ApprovalsWatch } from './watches/approvals';
import { ClosedWatch } from './watches/closed';
import { FailingTasksWatch } from './watches/failing-tasks';
import { OrphansWatch } from './watches/orphans';
import { OverdueWatch } from './watches/overdue';

/** Everything that is watched in a namespace, in the order in which it is asked for. */
export function createWatches(namespace: WatchedNamespace): readonly Watch[] {
  const overdue = new OverdueWatch(namespace);
  return [
    overdue,
    new OrphansWatch(namespace),
    new ApprovalsWatch(namespace),
    new FailingTasksWatch(namespace, overdue),
    new ClosedWatch(namespace),
  ];
}
