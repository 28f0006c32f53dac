import type { Watch, WatchedNamespace } from './watch';
import { ApprovalsWatch } from './watches/approvals';
import { FailingTasksWatch } from './watches/failing-tasks';

/** Everything that is watched in a namespace, in the order in which it is asked for. */
export function createWatches(namespace: WatchedNamespace): readonly Watch[] {
  return [new ApprovalsWatch(namespace), new FailingTasksWatch(namespace)];
}
