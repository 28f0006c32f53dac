import type { Visibility } from '../client/visibility';
import type { VisibleRun } from '../client/visible-run';
import type { ExporterQuery } from '../definitions/exporter-queries';
import { taskStartMs } from './task-start';

export interface OldestRequest {
  readonly visibility: Visibility;
  readonly query: ExporterQuery;
  /** Condition for the runs in question whose task began before a time. */
  readonly condition: (beforeMs: number) => string;
  /** All of them began before this. */
  readonly untilMs: number;
  /** How many they are. */
  readonly count: number;
  /** How many of the oldest are wanted. */
  readonly wanted: number;
  /** Most runs that a List may give; not less than what is wanted. */
  readonly limit: number;
  /** Where the oldest began when last asked: if it is still there, one request is enough. */
  readonly hintMs?: number | undefined;
}

const FIRST_STEP_MS = 60_000;
const STEP_FACTOR = 8;

/**
 * The runs whose tasks began first, oldest first: those wanted, and what came along. Visibility cannot be asked for an
 * order, and gives the newest first; so where there are more than a List may give, Counts narrow down the time before
 * which enough but not too many began.
 */
export async function oldestRuns(request: OldestRequest): Promise<readonly VisibleRun[]> {
  const { visibility, query, condition, wanted, limit, hintMs } = request;
  const list = async (beforeMs: number) => {
    const { runs, more } = await visibility.list(query, condition(beforeMs), limit);
    return { runs: byTaskStart(runs), more };
  };
  if (request.count <= limit) return (await list(request.untilMs)).runs;

  let upperMs = request.untilMs;
  let lowerMs: number | undefined;
  let stepMs = FIRST_STEP_MS;
  if (hintMs !== undefined && hintMs + 1 < upperMs) {
    const { runs, more } = await list(hintMs + 1);
    if (!more && runs.length >= wanted) return runs;
    if (more) {
      upperMs = hintMs + 1;
      stepMs = 1;
    } else lowerMs = hintMs + 1;
  }
  // More than the limit began before the upper time, and fewer than are wanted before the lower one.
  while (lowerMs === undefined || upperMs - lowerMs > 1) {
    const probeMs: number = lowerMs === undefined ? upperMs - stepMs : Math.floor((lowerMs + upperMs) / 2);
    stepMs *= STEP_FACTOR;
    const count = await visibility.count(query, condition(probeMs));
    if (count > limit) upperMs = probeMs;
    else if (count < wanted) lowerMs = probeMs;
    else return (await list(probeMs)).runs;
  }
  // More than the limit began in the same millisecond: any of them will do.
  const [before, within] = [await list(lowerMs), await list(upperMs)];
  const known = new Set(before.runs.map(({ runId }) => runId));
  return [...before.runs, ...within.runs.filter(({ runId }) => !known.has(runId))];
}

function byTaskStart(runs: readonly VisibleRun[]): readonly VisibleRun[] {
  return runs.toSorted((a, b) => taskStartMs(a) - taskStartMs(b) || (a.runId < b.runId ? -1 : 1));
}
