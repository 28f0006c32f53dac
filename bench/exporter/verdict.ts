/**
 * Whether the exporter keeps its promise: what it needs does not grow with the number of agents.
 *
 * @module
 */

import { describeRequests, type Measured, type MeasuredPoll, ofKind, type PollKind, requestsOf } from './measure';

/** Early polls do less: without a sample nothing is overdue, and agents that are young are not looked at closely. */
const COMPARED = ['plain', 'sample'] as const satisfies readonly PollKind[];
/**
 * Twenty times as many agents are overdue, wait or are orphans at twenty times the size, and a poll lists and decodes them,
 * up to the limit of a list: that is the growth allowed for, and some noise. What is done for every agent that runs grows
 * to several times as much.
 */
const CPU_FACTOR = 2.5;
/** Nothing is kept of an agent but for the ids of those that findings were reported of. */
const HEAP_FACTOR = 1.25;
/** What a collector gives back to the system, and when, differs from run to run. */
const RSS_FACTOR = 2;
/** Of one CPU, in the worst poll. */
const CPU_SHARE = 0.1;

/** Reasons to fail, one line each. */
export function judge(small: Measured, large: Measured, intervalSeconds: number): string[] {
  return [
    ...[small, large].flatMap(({ agents, polls }) =>
      polls.flatMap((poll) => misses(poll, intervalSeconds).map((miss) => `${agents} agents: ${miss}`)),
    ),
    ...COMPARED.flatMap((kind) => moreRequests(small, large, kind)),
    ...figures(small, large).flatMap(({ name, unit, values: [before, after], factor }) =>
      after <= before * factor
        ? []
        : [`${name} grows from ${before.toFixed(1)} to ${after.toFixed(1)} ${unit}, more than ${factor} times`],
    ),
  ];
}

/** A line for each figure. */
export function summary(small: Measured, large: Measured): string {
  const [few, many] = [`${small.agents} agents`, `${large.agents} agents`];
  const requests = COMPARED.flatMap((kind) =>
    [small, large].map((measured) => {
      const polls = ofKind(measured, kind).map(describeRequests);
      return `requests of a ${kind} poll, ${measured.agents} agents: ${[...new Set(polls)].join(' | ')}`;
    }),
  );
  const worst = [small, large].map((measured) => `${worstPoll(measured).toFixed(1)} s`);
  return [
    ...requests,
    `worst poll: ${few} ${worst[0]}, ${many} ${worst[1]}`,
    ...figures(small, large).map(
      ({ name, unit, values: [before, after] }) =>
        `${name}: ${few} ${before.toFixed(1)} ${unit}, ${many} ${after.toFixed(1)} ${unit}`,
    ),
  ].join('\n');
}

interface Figure {
  readonly name: string;
  readonly unit: string;
  readonly values: readonly [small: number, large: number];
  /** How many times as much it may be. */
  readonly factor: number;
}

function figures(small: Measured, large: Measured): Figure[] {
  // Of several polls the least counts: what else the machine does can only add to it.
  const least = (of: (poll: MeasuredPoll) => number): Figure['values'] => {
    const [few = Number.NaN, many = Number.NaN] = [small, large].map((measured) =>
      Math.min(...ofKind(measured, 'plain').map(of)),
    );
    return [few, many];
  };
  const megabytes = (bytes: number) => bytes / 1024 / 1024;
  return [
    { name: 'CPU time of a plain poll', unit: 'ms', values: least(({ cpuMs }) => cpuMs), factor: CPU_FACTOR },
    { name: 'heap', unit: 'MB', values: least(({ heapBytes }) => megabytes(heapBytes)), factor: HEAP_FACTOR },
    { name: 'RSS', unit: 'MB', values: least(({ rssBytes }) => megabytes(rssBytes)), factor: RSS_FACTOR },
  ];
}

function misses(poll: MeasuredPoll, intervalSeconds: number): string[] {
  const { kind, seconds, cpuMs, errors } = poll;
  const found: string[] = [];
  if (seconds > intervalSeconds) found.push(`a poll (${kind}) took ${seconds.toFixed(1)} s of ${intervalSeconds} s`);
  if (errors > 0) found.push(`${errors} requests of a poll (${kind}) failed`);
  if (cpuMs > intervalSeconds * 1000 * CPU_SHARE) found.push(`a poll (${kind}) took ${cpuMs.toFixed(0)} ms of CPU`);
  if (poll.intervalSeconds !== intervalSeconds) {
    found.push(`the interval grew from ${intervalSeconds} s to ${poll.intervalSeconds} s`);
  }
  return found;
}

function moreRequests(small: Measured, large: Measured, kind: PollKind): string[] {
  const [few = 0, many = 0] = [small, large].map((measured) => Math.max(0, ...ofKind(measured, kind).map(requestsOf)));
  // Polls of one size may all have come between two samples.
  if (few === 0 || many <= few) return [];
  return [`requests of a ${kind} poll grow from ${few} to ${many}`];
}

function worstPoll({ polls }: Measured): number {
  return Math.max(...polls.map(({ seconds }) => seconds));
}
