import type { Watch, WatchedNamespace } from './watch';

/** Everything that is watched in a namespace, in the order in which it is asked for. */
export function createWatches(_namespace: WatchedNamespace): readonly Watch[] {
  return [];
}
