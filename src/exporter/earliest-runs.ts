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
  /** Before this there were enough and not too many when last asked: where there still are, one request is all. */
  readonly hintMs?: number | undefined;
  /** How many runs are wanted. */
  readonly wanted: number;
  /** Most runs that one List gives; not less than what is wanted. */
  readonly limit: number;
}

export interface FoundRuns {
  /** The earliest first. */
  readonly runs: readonly VisibleRun[];
  /** Where they were found: the hint for the next time. */
  readonly beforeMs: number;
}

/** Searches first this far from a time that was guessed, then this many times farther with each step. */
const FIRST_STEP_MS = 60_000;
const STEP_FACTOR = 8;
/** Farther than 40 years there is nothing. */
const LAST_STEP_MS = 40 * 365 * 24 * 60 * 60_000;

type Amount = 'few' | 'enough' | 'many';

/**
 * The wanted number of runs, the earliest first, or all where there are fewer. What is found depends on the runs alone,
 * not on where the search begins, but for runs of one millisecond that are more than a List gives: any of them will do.
 * Takes one List with a good hint; without one about ten Counts and a List, and 60 requests at the very worst.
 *
 * @throws ServiceError of a request
 */
export async function earliestRuns(visibility: Visibility, sought: EarliestRuns): Promise<FoundRuns> {
  const { query, before, nearMs, hintMs, wanted, limit } = sought;
  const list = (ms: number) => visibility.list(query, before(ms), limit);
  const amountBefore = async (ms: number) => {
    const count = await visibility.count(query, before(ms));
    return count < wanted ? 'few' : count > limit ? 'many' : 'enough';
  };
  if (hintMs === undefined)
    return listFound(await search(amountBefore, nearMs, await amountBefore(nearMs), FIRST_STEP_MS));

  const { runs, more } = await list(hintMs);
  if (!more && runs.length >= wanted) return { runs: sorted(runs, sought), beforeMs: hintMs };
  // Too many now where there were not: mostly they are of the last millisecond, as they were then.
  return listFound(
    await (more ? search(amountBefore, hintMs, 'many', 1) : search(amountBefore, hintMs, 'few', FIRST_STEP_MS)),
  );

  async function listFound({ beforeMs, fewBeforeMs }: Found): Promise<FoundRuns> {
    const first = fewBeforeMs === undefined ? [] : (await list(fewBeforeMs)).runs;
    return { runs: sorted([...first, ...(await list(beforeMs)).runs], sought), beforeMs };
  }
}

interface Found {
  /** Before this there are as many runs as wanted, or all that there are, and no more than the limit if possible. */
  readonly beforeMs: number;
  /** A millisecond earlier, where there are too few before and too many after it. */
  readonly fewBeforeMs?: number;
}

async function search(
  amountBefore: (ms: number) => Promise<Amount>,
  fromMs: number,
  amount: Amount,
  firstStepMs: number,
): Promise<Found> {
  if (amount === 'enough') return { beforeMs: fromMs };
  const direction = amount === 'few' ? 1 : -1;
  let nearMs = fromMs;
  let farMs = fromMs;
  for (let stepMs = firstStepMs, found: Amount = amount; found === amount; stepMs *= STEP_FACTOR) {
    if (stepMs > LAST_STEP_MS) return { beforeMs: farMs };
    nearMs = farMs;
    farMs = fromMs + direction * stepMs;
    found = await amountBefore(farMs);
    if (found === 'enough') return { beforeMs: farMs };
  }
  let [fewMs, manyMs] = direction === 1 ? [nearMs, farMs] : [farMs, nearMs];
  while (manyMs - fewMs > 1) {
    const middleMs = Math.floor((fewMs + manyMs) / 2);
    const found = await amountBefore(middleMs);
    if (found === 'enough') return { beforeMs: middleMs };
    if (found === 'few') fewMs = middleMs;
    else manyMs = middleMs;
  }
  return { beforeMs: manyMs, fewBeforeMs: fewMs };
}

function sorted(runs: readonly VisibleRun[], { timeOf, wanted }: EarliestRuns): readonly VisibleRun[] {
  const timed = [...new Map(runs.map((run) => [run.runId, run])).values()].flatMap((run) => {
    const time = timeOf(run);
    return time === undefined ? [] : [{ run, time }];
  });
  timed.sort((a, b) => a.time - b.time || (a.run.runId < b.run.runId ? -1 : 1));
  return timed.slice(0, wanted).map(({ run }) => run);
}
