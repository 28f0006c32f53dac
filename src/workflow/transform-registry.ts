/**
 * The transforms that the workflow code of a bundle defines.
 *
 * @module
 */

import { maybeGetActivator } from '@temporalio/workflow/lib/global-attributes';

/** Any function that can be a transform: what it takes is between its author and who calls it. */
export type AnyTransform = (output: never, args: never) => unknown;

/**
 * Workflow modules are evaluated once a run, even in a reused context, so that their transforms belong to the run and
 * are kept on Temporal's own object of it. Preloaded modules are evaluated before there is a run and shared by all, and
 * what they define is kept on the context's global, which is also where a unit test finds it.
 */
const TRANSFORMS = Symbol.for('temporal-agent-observability.transforms');

interface Holder {
  [TRANSFORMS]?: Map<string, AnyTransform>;
}

/** Temporal's object of an execution; it knows the function of the workflow once all modules are evaluated. */
interface Execution extends Holder {
  readonly workflow?: unknown;
}

const execution = () => maybeGetActivator() as Execution | undefined;
const shared = globalThis as Holder;

/**
 * Adds transforms, all or none.
 *
 * @throws Error when the run has begun, or a name is taken by another function
 */
export function addTransforms(transforms: ReadonlyMap<string, AnyTransform>): void {
  const run = execution();
  if (run?.workflow !== undefined) {
    throw new Error(
      'defineTransforms: call it where a module is evaluated, not inside a workflow function: what a run defines on its way is not known to a deploy check, nor to the runs beside it',
    );
  }
  // Outside the sandbox modules may be evaluated again, by a test runner that watches.
  if (run !== undefined || '__TEMPORAL__' in globalThis) {
    for (const [name, transform] of transforms) refuseOther(name, transform);
  }
  const holder = run ?? shared;
  holder[TRANSFORMS] ??= new Map();
  for (const [name, transform] of transforms) holder[TRANSFORMS].set(name, transform);
}

export function findTransform(name: string): AnyTransform | undefined {
  return execution()?.[TRANSFORMS]?.get(name) ?? shared[TRANSFORMS]?.get(name);
}

/** Every registered name, in alphabetical order. */
export function transformNames(): string[] {
  return [...new Set([...(shared[TRANSFORMS]?.keys() ?? []), ...(execution()?.[TRANSFORMS]?.keys() ?? [])])].sort();
}

function refuseOther(name: string, transform: AnyTransform): void {
  const other = findTransform(name);
  if (other === undefined || other === transform) return;
  throw new Error(`defineTransforms: ${JSON.stringify(name)} is defined already, with another function`);
}
