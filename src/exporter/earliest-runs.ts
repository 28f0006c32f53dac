/**
 * Finds the runs whose time is the earliest. Visibility does not sort: of more runs than fit a List it gives the newest.
 * So Counts look for a time before which there are enough runs and not too many, and these are listed.
 *
 * @module
 */

import type { Visibility } from '../client/visibility';
import type { VisibleRun } from '../client/visible-run';
import type { ExporterQuery } from '../definitions/exporter-queries';

export interface EarliestRuns {
  readonly query: ExporterQuery;
  /** Condition for the runs before a time, in milliseconds since the epoch. */
  before(ms: number): string;
  timeOf(run: VisibleRun): number | undefined;
  /** A time to begin at; the better the guess, the fewer the requests. */
  readonly nearMs: number;
  /** How many runs are wanted. */
  readonly wanted: number;
  /** Most runs that one List gives; not less than what is wanted. */
  readonly limit: number;
}

export interface FoundRuns {
  /** The earliest first. */
  readonly runs: readonly VisibleRun[];
  /** Where they were found: the best guess for the next time, for which two requests are enough if little has changed. */
  readonly beforeMs: number;
}

/** Searches first this far from the time to begin at, then this many times farther with each step. */
const FIRST_STEP_MS = 60_000;
const STEP_FACTOR = 8;
/** Farther than 40 years there is nothing. */
const LAST_STEP_MS = 40 * 365 * 24 * 60 * 60_000;

/**
 * The wanted number of runs, the earliest first, or all where there are fewer. What is found depends on the runs alone,
 * not on where the search begins. Takes about ten Counts and one List; at the very worst, with more runs in one
 * millisecond than a List gives, 60.
 *
 * @throws ServiceError of a request
 */
export async function earliestRuns(visibility: Visibility, sought: EarliestRuns): Promise<FoundRuns> {
  const { query, before, timeOf, wanted, limit } = sought;
  const beforeMs = await enoughBefore(visibility, sought);
  const listed = await visibility.list(query, before(beforeMs), limit);
  const timed = listed.runs.flatMap((run) => {
    const time = timeOf(run);
    return time === undefined ? [] : [{ run, time }];
  });
  timed.sort((a, b) => a.time - b.time || (a.run.runId < b.run.runId ? -1 : 1));
  return { runs: timed.slice(0, wanted).map(({ run }) => run), beforeMs };
}

/** A time before which there are at least as many runs as wanted, and, if any time is such, no more than the limit. */
async function enoughBefore(visibility: Visibility, sought: EarliestRuns): Promise<number> {
  const { query, before, nearMs, wanted, limit } = sought;
  const compare = async (ms: number) => {
    const count = await visibility.count(query, before(ms));
    return count < wanted ? 'few' : count > limit ? 'many' : 'enough';
  };
  const first = await compare(nearMs);
  if (first === 'enough') return nearMs;
  const direction = first === 'few' ? 1 : -1;
  let near = nearMs;
  let far = nearMs;
  let step = FIRST_STEP_MS;
  for (let found = first; found === first; step *= STEP_FACTOR) {
    if (step > LAST_STEP_MS) return far;
    near = far;
    far = nearMs + direction * step;
    found = await compare(far);
    if (found === 'enough') return far;
  }
  let [few, many] = direction === 1 ? [near, far] : [far, near];
  while (many - few > 1) {
    const middle = Math.floor((few + many) / 2);
    const found = await compare(middle);
    if (found === 'enough') return middle;
    if (found === 'few') few = middle;
    else many = middle;
  }
  return many;
}
