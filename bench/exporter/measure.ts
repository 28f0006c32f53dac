import { sampleEndMs } from '#lib/exporter/expected';
import { ASK_MS, type ExporterProcess, type PollFigures } from './exporter-process';
import { TASK_TYPES } from './population';

/**
 * What a poll did beside what every poll does; an early one was there before the exporter had looked at a sample that holds
 * everything that completed. The first three are early at any rate: the process starts, its code is not yet optimised, and
 * agents are too young to be described, so that the oldest are not yet searched for.
 */
export type PollKind = 'early' | 'plain' | 'sample';

export interface MeasuredPoll extends PollFigures {
  readonly kind: PollKind;
}

/** Polls of one exporter at a namespace of one size. */
export interface Measured {
  readonly agents: number;
  readonly polls: readonly MeasuredPoll[];
}

export interface MeasureOptions {
  readonly agents: number;
  /** When the last agent had completed that does. */
  readonly completedAtMs: number;
  /** How long the exporter uses a sample. */
  readonly refreshMs: number;
  print(poll: MeasuredPoll): void;
}

const WARMING_POLLS = 3;
/** How much later than it ended a poll may be noticed. */
const NOTICED_MS = ASK_MS + 1000;

/**
 * Watches an exporter until it has looked at a sample that holds everything that completed, and then has polled without
 * looking at one. A sample is known by its requests: one for each task type, beside the one of every poll.
 */
export async function measure(exporter: ExporterProcess, options: MeasureOptions): Promise<Measured> {
  const { agents, completedAtMs, refreshMs, print } = options;
  const polls: MeasuredPoll[] = [];
  let hasWholeSample = false;
  for await (const figures of exporter.polls()) {
    const isSample = (figures.requests.get('closed') ?? 0) >= TASK_TYPES.length;
    const startedAtMs = Date.now() - NOTICED_MS - figures.seconds * 1000;
    hasWholeSample ||= isSample && sampleEndMs(startedAtMs, refreshMs) > completedAtMs;
    const poll: MeasuredPoll = { ...figures, kind: kindOf(polls.length < WARMING_POLLS || !hasWholeSample, isSample) };
    polls.push(poll);
    print(poll);
    if (poll.kind === 'plain') break;
  }
  return { agents, polls };
}

function kindOf(isEarly: boolean, isSample: boolean): PollKind {
  if (isEarly) return 'early';
  return isSample ? 'sample' : 'plain';
}

export function ofKind({ polls }: Measured, kind: PollKind): readonly MeasuredPoll[] {
  return polls.filter((poll) => poll.kind === kind);
}

export function requestsOf({ requests }: PollFigures): number {
  return [...requests.values()].reduce((sum, count) => sum + count, 0);
}

/** Such as `30: running 11, overdue 2`. */
export function describeRequests(poll: PollFigures): string {
  const byQuery = [...poll.requests].sort(([, a], [, b]) => b - a).map(([query, count]) => `${query} ${count}`);
  return `${requestsOf(poll)}: ${byQuery.join(', ')}`;
}
