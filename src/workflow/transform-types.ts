/**
 * Types of tool-output transforms, as users see them.
 *
 * @module
 */

import type { AnyTransform } from './transform-registry';

/** Transforms by name. */
export type TransformTable = Readonly<Record<string, AnyTransform>>;

/** What is done with an output whose transform is not registered. */
export type TransformFallback<Output = never, Args = never> =
  /** Fail the run with a non-retryable `ApplicationFailure` of type `TransformUnknown`. */
  | 'error'
  /** Hand the output back as it is. */
  | 'untransformed'
  /** Use this function in its place. */
  | ((output: Output, args: Args) => unknown);

export interface TransformOptions<Fallback extends TransformFallback = TransformFallback> {
  /** Default: `'error'`. */
  readonly fallback?: Fallback;
}

/** Transforms of one `defineTransforms`, with their types. */
export interface Transforms<Table extends TransformTable> {
  /** The names of this table. */
  readonly names: readonly (keyof Table & string)[];
  /** Whether a name that came as data is one of this table. */
  has(name: string): name is keyof Table & string;
  /**
   * Does what the function `transform` does, with types. Where the name is one of several, the output and the arguments
   * must suit all of them.
   */
  transform<
    Name extends keyof Table & string,
    Fallback extends TransformFallback<OutputOf<Table[Name]>, ArgsOf<Table[Name]>> = 'error',
  >(
    name: Name,
    output: OutputOf<Table[Name]>,
    ...more: More<Table[Name], Fallback>
  ): ReturnType<Table[Name]> | FallbackResult<Fallback, OutputOf<Table[Name]>>;
}

/** Names of defined transforms, for the type of a workflow's input: `TransformName<typeof transforms>`. */
export type TransformName<T extends { readonly names: readonly string[] }> = T['names'][number];

/** A function that returns a promise does not fit: a transform is synchronous. */
export type Synchronous<Table> = {
  readonly [Name in keyof Table]: Table[Name] extends (output: never, args: never) => PromiseLike<unknown>
    ? 'a transform returns its result, not a promise of it'
    : Table[Name];
};

// In a tuple, so that a union of functions is not taken apart: their parameters are intersected, not united.
type OutputOf<F> = [F] extends [(output: infer Output, args: never) => unknown] ? Output : never;
type ArgsOf<F> = [F] extends [(output: never, args: infer Args) => unknown] ? Args : never;

type More<F, Fallback extends TransformFallback> =
  undefined extends ArgsOf<F>
    ? [args?: ArgsOf<F>, options?: TransformOptions<Fallback>]
    : [args: ArgsOf<F>, options?: TransformOptions<Fallback>];

type FallbackResult<Fallback, Output> = Fallback extends 'untransformed'
  ? Output
  : Fallback extends (output: never, args: never) => infer Result
    ? Result
    : never;
