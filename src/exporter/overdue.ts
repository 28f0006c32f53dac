/**
 * Which agents run longer than is expected of their task type.
 *
 * @module
 */

import type { Visibility } from '../client/visibility';
import { allOf, oneOf, quoteTime, RUNNING } from '../client/visibility-query';
import type { VisibleRun } from '../client/visible-run';
import type { SearchAttributeName } from '../definitions/search-attributes';
import { oldestRuns } from './oldest-runs';
import { taskStartedBefore, taskStartMs } from './task-start';

/** Most task types that one query names: some stores limit the size and depth of a query. */
const TYPES_PER_QUERY = 25;

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
  /** When the task began that is overdue the longest; absent where it ended meanwhile. */
  readonly oldestStartMs?: number;
}

/**
 * Counts the overdue agents of each type; types that have none are left out. Costs one request where none is, two where
 * they are fewer than a List may give, and else two or a few for each type.
 *
 * @param hints where the oldest task of a type began when last asked, which saves requests and changes no answer
 */
export async function countOverdue(
  question: OverdueQuestion,
  expected: ExpectedMs,
  hints: ReadonlyMap<string, OverdueOfType>,
): Promise<ReadonlyMap<string, OverdueOfType>> {
  const { visibility, nowMs, listLimit: limit } = question;
  const overdue = new Map<string, OverdueOfType>();
  for (const types of chunks(expected)) {
    const total = await visibility.count('overdue', overdueCondition(question, types, nowMs));
    if (total === 0) continue;
    if (total <= limit) {
      const { runs, more } = await visibility.list('overdue', overdueCondition(question, types, nowMs), limit);
      if (!more) {
        addListed(overdue, runs);
        continue;
      }
    }
    for (const type of types) {
      const condition = (beforeMs: number) => overdueCondition(question, [type], beforeMs);
      const count = await visibility.count('overdue', condition(nowMs));
      if (count === 0) continue;
      const untilMs = nowMs - type[1];
      const hintMs = hints.get(type[0])?.oldestStartMs;
      const found = { visibility, query: 'overdue', condition, untilMs, count } as const;
      const [oldest] = await oldestRuns({ ...found, wanted: 1, limit, hintMs });
      overdue.set(type[0], { count, ...(oldest && { oldestStartMs: taskStartMs(oldest) }) });
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
    const condition = (beforeMs: number) => overdueCondition(question, types, beforeMs);
    const count = await visibility.count('overdue', condition(nowMs));
    if (count === 0) continue;
    total += count;
    const limit = Math.max(listLimit, wanted);
    const untilMs = nowMs - Math.min(...types.map(([, ms]) => ms));
    runs.push(...(await oldestRuns({ visibility, query: 'overdue', condition, untilMs, count, wanted, limit })));
  }
  const oldestFirst = runs.toSorted((a, b) => taskStartMs(a) - taskStartMs(b)).slice(0, wanted);
  // Runs that were started between the two requests.
  return { total: Math.max(total, oldestFirst.length), runs: oldestFirst };
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

function addListed(overdue: Map<string, OverdueOfType>, runs: readonly VisibleRun[]): void {
  for (const run of runs) {
    if (run.taskType === undefined) continue;
    const { count = 0, oldestStartMs = Number.POSITIVE_INFINITY } = overdue.get(run.taskType) ?? {};
    overdue.set(run.taskType, { count: count + 1, oldestStartMs: Math.min(oldestStartMs, taskStartMs(run)) });
  }
}

function chunks(expected: ExpectedMs): (readonly [string, number])[][] {
  const types = [...expected];
  return Array.from({ length: Math.ceil(types.length / TYPES_PER_QUERY) }, (_, i) =>
    types.slice(i * TYPES_PER_QUERY, (i + 1) * TYPES_PER_QUERY),
  );
}
