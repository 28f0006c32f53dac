import { ApplicationFailure } from '@temporalio/common';
import { workflowInfo } from '@temporalio/workflow';
import { SINK_NAME, TRANSFORM_UNKNOWN } from '../definitions/wire';
import { currentRun } from './current-run';
import { jsonBytes } from './json-bytes';
import { observe } from './observe';
import { agentSinks } from './sinks';
import { type AnyTransform, findTransform, transformNames } from './transform-registry';
import type { TransformFallback, TransformOptions } from './transform-types';
import { reportUnknownTransform, shownName } from './transform-unknown';

/** Names that a failure lists. */
const MAX_LISTED = 50;

/**
 * Applies the transform of that name to a tool's output. For names that come as data; the handle that
 * `defineTransforms` returns does the same with types. Adds nothing to history, and works without the plugin too.
 *
 * With the plugin, sizes before and after are counted in `temporal_agent_transform_bytes`, and a name that is not
 * registered is the finding `transform-unknown`.
 *
 * @param name - Name that some module of the workflow code defined with `defineTransforms`.
 * @param output - What the tool returned.
 * @param args - Passed on to the transform as its second parameter.
 * @param options - What to do when the name is not registered; by default the run fails.
 * @returns what the transform, or the fallback, returned
 * @throws ApplicationFailure of type {@link TRANSFORM_UNKNOWN}, not retryable, that lists the registered names, when the
 *   name is not registered and no fallback is given. A workflow that does not catch it fails at once.
 * @throws TypeError when the transform returns a promise, or the fallback is none
 * @throws what the transform throws, untouched
 *
 * @example
 * ```ts
 * const output = await callTool(call);
 * messages.push({ role: 'tool', content: transform(input.transform, output) });
 * ```
 */
export function transform(name: string, output: unknown, args?: unknown, options: TransformOptions = {}): unknown {
  const { fallback = 'error' } = options;
  if (fallback !== 'error' && fallback !== 'untransformed' && typeof fallback !== 'function') {
    throw new TypeError("transform: fallback: expected 'error', 'untransformed' or a function");
  }
  const found = typeof name === 'string' ? findTransform(name) : undefined;
  if (found === undefined) return withoutTransform(name, output, args, fallback);
  // Before the call, since a transform may change what it is given.
  const before = sizeIfLive(output);
  const result = apply(found, output, args);
  if (isPromise(result)) throw new TypeError(`transform: ${shownName(name)} returned a promise, not a result`);
  if (before !== undefined) {
    observe(() => agentSinks[SINK_NAME].transformed({ transform: name, before, after: jsonBytes(result) }));
  }
  return result;
}

function withoutTransform(name: unknown, output: unknown, args: unknown, fallback: TransformFallback): unknown {
  const known = transformNames();
  reportUnknownTransform(name, known.length, typeof fallback === 'function' ? 'function' : fallback);
  if (fallback === 'untransformed') return output;
  if (fallback !== 'error') return apply(fallback, output, args);
  const listed = known.length > MAX_LISTED ? [...known.slice(0, MAX_LISTED), '…'] : known;
  throw ApplicationFailure.create({
    type: TRANSFORM_UNKNOWN,
    message: `Transform ${shownName(name)} is not registered in the workflow code of this worker; registered: ${listed.join(', ') || 'none'}`,
    nonRetryable: true,
  });
}

function apply(transformation: AnyTransform, output: unknown, args: unknown): unknown {
  return (transformation as (output: unknown, args: unknown) => unknown)(output, args);
}

/** A size is measured where somebody hears of it: in a run that is observed and not replayed. */
function sizeIfLive(value: unknown): number | undefined {
  let bytes: number | undefined;
  observe(() => {
    if (currentRun() !== undefined && !workflowInfo().unsafe.isReplaying) bytes = jsonBytes(value);
  });
  return bytes;
}

function isPromise(value: unknown): boolean {
  return typeof value === 'object' && value !== null && typeof (value as { then?: unknown }).then === 'function';
}
