import { sampleEndMs } from '#lib/exporter/expected';
import type { ExporterProcess, PollFigures } from './exporter-process';
import { TASK_TYPES } from './population';

/** What a poll did beside what every poll does. */
export type PollKind = 'first' | 'plain' | 'sample';

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
  /** When the last agent was there. */
  readonly filledAtMs: number;
  /** How long the exporter uses a sample. */
  readonly refreshMs: number;
  print(poll: MeasuredPoll): void;
}

/** Polls that looked at no sample; the first poll is none of them. */
const PLAIN_POLLS = 2;
/** How much later than it ended a poll may be noticed. */
const NOTICED_MS = 1000;

/**
 * Watches an exporter until it has looked at a sample that holds everything that closed, and has polled often enough
 * without looking at one. A sample is known by its requests: one for each task type, beside the one of every poll.
 */
export async function measure(exporter: ExporterProcess, options: MeasureOptions): Promise<Measured> {
  const { agents, filledAtMs, refreshMs, print } = options;
  const polls: MeasuredPoll[] = [];
  let hasWholeSample = false;
  for await (const figures of exporter.polls()) {
    const isSample = (figures.requests.get('closed') ?? 0) >= TASK_TYPES.length;
    const poll: MeasuredPoll = { ...figures, kind: polls.length === 0 ? 'first' : isSample ? 'sample' : 'plain' };
    polls.push(poll);
    print(poll);
    const startedAtMs = Date.now() - NOTICED_MS - poll.seconds * 1000;
    hasWholeSample ||= isSample && sampleEndMs(startedAtMs, refreshMs) > filledAtMs;
    if (hasWholeSample && polls.filter(({ kind }) => kind === 'plain').length >= PLAIN_POLLS) break;
  }
  return { agents, polls };
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
