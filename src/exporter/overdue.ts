/**
 * Which agents run longer than is expected of their task type.
 *
 * @module
 */

import type { Visibility } from '../client/visibility';
import { allOf, oneOf, quoteTime, RUNNING } from '../client/visibility-query';
import type { VisibleRun } from '../client/visible-run';
import type { SearchAttributeName } from '../definitions/search-attributes';
import { earliestRuns, type FoundRuns } from './earliest-runs';
import { taskStartedBefore, taskStartMs } from './task-start';

/** Most task types that one query names: some stores limit the size and depth of a query. */
const TYPES_PER_QUERY = 25;
/** How long before the youngest of too many overdue agents the search for the oldest begins. */
const BEFORE_ALL_MS = 60_000;

/** From which age on tasks of a type are overdue, in milliseconds; only types of which something is expected. */
export type ExpectedMs = ReadonlyMap<string, number>;

export interface OverdueQuestion {
  readonly visibility: Visibility;
  /** Attributes that the namespace has with the right type. */
  readonly attributes: ReadonlySet<SearchAttributeName>;
  /** What ages are measured against. */
  readonly nowMs: number;
  /** Most runs that one List may give. */
  readonly listLimit: number;
}

export interface OverdueOfType {
  readonly count: number;
  /** Those that are overdue the longest, the oldest first: so many as are wanted; none where they ended meanwhile. */
  readonly oldest: readonly VisibleRun[];
  /** Where they were found. */
  readonly hintMs?: number;
}

/**
 * Counts the overdue agents of each type, and lists the `wanted` oldest of each; types that have none are left out. Costs
 * one request where none is, two where they are no more than a List may give, and else two or a few for each type.
 *
 * @param last what was found when last asked, which saves requests and changes no answer
 */
export async function countOverdue(
  question: OverdueQuestion,
  expected: ExpectedMs,
  wanted: number,
  last: ReadonlyMap<string, OverdueOfType>,
): Promise<ReadonlyMap<string, OverdueOfType>> {
  const { visibility, nowMs, listLimit } = question;
  const overdue = new Map<string, OverdueOfType>();
  for (const types of chunks(expected)) {
    const total = await visibility.count('overdue', overdueCondition(question, types, nowMs));
    if (total === 0) continue;
    if (total <= listLimit) {
      const { runs, more } = await visibility.list('overdue', overdueCondition(question, types, nowMs), listLimit);
      if (!more) {
        for (const [taskType, listed] of byType(runs)) {
          overdue.set(taskType, { count: listed.length, oldest: oldestFirst(listed).slice(0, wanted) });
        }
        continue;
      }
    }
    for (const type of types) {
      const [taskType] = type;
      const count = await visibility.count('overdue', overdueCondition(question, [type], nowMs));
      if (count === 0) continue;
      const { runs, beforeMs } = await oldest(question, [type], count, wanted, last.get(taskType)?.hintMs);
      overdue.set(taskType, { count, oldest: runs, hintMs: beforeMs });
    }
  }
  return overdue;
}

export interface OverdueRuns {
  /** All of them, listed or not. */
  readonly total: number;
  /** Oldest first. */
  readonly runs: readonly VisibleRun[];
}

/** The `wanted` overdue agents whose tasks began first. */
export async function listOverdue(
  question: OverdueQuestion,
  expected: ExpectedMs,
  wanted: number,
): Promise<OverdueRuns> {
  const { visibility, nowMs, listLimit } = question;
  const runs: VisibleRun[] = [];
  let total = 0;
  for (const types of chunks(expected)) {
    const count = await visibility.count('overdue', overdueCondition(question, types, nowMs));
    if (count === 0) continue;
    total += count;
    const wide = { ...question, listLimit: Math.max(listLimit, wanted) };
    runs.push(...(await oldest(wide, types, count, wanted)).runs);
  }
  const listed = oldestFirst(runs).slice(0, wanted);
  // Runs that were started between the two requests.
  return { total: Math.max(total, listed.length), runs: listed };
}

/** The oldest of `count` overdue agents. */
function oldest(
  question: OverdueQuestion,
  types: readonly (readonly [string, number])[],
  count: number,
  wanted: number,
  hintMs?: number,
): Promise<FoundRuns> {
  const { visibility, nowMs, listLimit: limit } = question;
  const untilMs = nowMs - Math.min(...types.map(([, ms]) => ms));
  return earliestRuns(visibility, {
    query: 'overdue',
    before: (ms) => overdueCondition(question, types, ms),
    timeOf: taskStartMs,
    // Until then there are too many.
    nearMs: untilMs - BEFORE_ALL_MS,
    hintMs: count <= limit ? untilMs : hintMs,
    wanted: Math.min(wanted, count),
    limit,
  });
}

/** Condition for the overdue agents of these types whose task began before a time. */
function overdueCondition(
  { attributes, nowMs }: OverdueQuestion,
  types: readonly (readonly [string, number])[],
  beforeMs: number,
): string {
  const typesByStart = new Map<number, string[]>();
  for (const [taskType, ms] of types) {
    const startMs = Math.min(nowMs - ms, beforeMs);
    typesByStart.set(startMs, [...(typesByStart.get(startMs) ?? []), taskType]);
  }
  const late = [...typesByStart].map(
    ([startMs, names]) => `(${oneOf('AgentTaskType', names)} AND ${taskStartedBefore(startMs, attributes)})`,
  );
  return allOf(RUNNING, hasBegun(nowMs, attributes), `(${late.join(' OR ')})`);
}

/**
 * A run that waits for its start delay, its cron schedule or the backoff of its retry policy is not late. One that
 * continued as new a moment ago waits, too, for the server holds it back for up to a second; a worker has written its
 * attributes in the run before, and they came along.
 */
function hasBegun(nowMs: number, attributes: OverdueQuestion['attributes']): string {
  const begun = `ExecutionTime <= ${quoteTime(nowMs)}`;
  return attributes.has('AgentIteration') ? `(${begun} OR AgentIteration IS NOT NULL)` : begun;
}

function byType(runs: readonly VisibleRun[]): ReadonlyMap<string, readonly VisibleRun[]> {
  const types = new Map<string, VisibleRun[]>();
  for (const run of runs) {
    if (run.taskType === undefined) continue;
    const listed = types.get(run.taskType);
    if (listed === undefined) types.set(run.taskType, [run]);
    else listed.push(run);
  }
  return types;
}

export function oldestFirst(runs: readonly VisibleRun[]): readonly VisibleRun[] {
  return runs.toSorted((a, b) => taskStartMs(a) - taskStartMs(b) || (a.runId < b.runId ? -1 : 1));
}

function chunks(expected: ExpectedMs): (readonly [string, number])[][] {
  const types = [...expected];
  return Array.from({ length: Math.ceil(types.length / TYPES_PER_QUERY) }, (_, i) =>
    types.slice(i * TYPES_PER_QUERY, (i + 1) * TYPES_PER_QUERY),
  );
}
