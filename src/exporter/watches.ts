import type { Watch, WatchedNamespace } from './watch';
import { ClosedWatch } from './watches/closed';
import { OrphansWatch } from './watches/orphans';
import { OverdueWatch } from './watches/overdue';

/** Everything that is watched in a namespace, in the order in which it is asked for. */
export function createWatches(namespace: WatchedNamespace): readonly Watch[] {
  return [new OverdueWatch(namespace), new OrphansWatch(namespace), new ClosedWatch(namespace)];
}
