import type { Watch, WatchedNamespace } from './watch';
import { OrphansWatch } from './watches/orphans';

/** Everything that is watched in a namespace, in the order in which it is asked for. */
export function createWatches(namespace: WatchedNamespace): readonly Watch[] {
  return [new OrphansWatch(namespace)];
}
