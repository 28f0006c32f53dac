import { currentRun, type NamedRun } from './current-run';
import { observe } from './observe';

/** Names of one run that are told apart. */
const MAX_NAMES = 16;

/** By run, since a preloaded module is shared by all of them. */
const namesByRun = new WeakMap<NamedRun, Set<string>>();

/** What looks like a name is shown; anything else could be content that ended up in its place. */
export function shownName(name: unknown): string {
  return typeof name === 'string' && /^[\w.:/-]{1,64}$/.test(name) ? `"${name}"` : '(no usable name)';
}

/** Reports `transform-unknown`, once a name. */
export function reportUnknownTransform(name: unknown, registered: number, fallback: string): void {
  observe(() => {
    const run = currentRun();
    if (run === undefined) return;
    const shown = shownName(name);
    run.found({
      id: 'transform-unknown',
      message: `transform ${shown} is not registered in the workflow code of this worker, which registers ${registered}; ${
        fallback === 'error' ? 'the run gets a failure that it cannot retry' : 'its fallback is used'
      }`,
      cause: bounded(run, shown),
      evidence: { transform: shown, registered, fallback },
    });
  });
}

/** A loop that makes names up must not make causes up. */
function bounded(run: NamedRun, name: string): string {
  const names = namesByRun.get(run) ?? new Set();
  namesByRun.set(run, names);
  if (names.size < MAX_NAMES) names.add(name);
  return names.has(name) ? name : '(further names)';
}
