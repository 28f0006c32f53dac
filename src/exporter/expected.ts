/**
 * How long a task of each type is expected to take: as configured, else as runs that completed took.
 *
 * @module
 */

import type { Visibility } from '../client/visibility';
import { allOf, quote, quoteTime } from '../client/visibility-query';
import type { ExporterConfig } from './config';
import { settledMs } from './settled';
import { taskStartMs } from './task-start';

/** What is known of a task type. */
export interface Expectation {
  readonly source: 'configured' | 'observed';
  /** Age from which on a task is overdue, in milliseconds; absent while too few runs have completed. */
  readonly ms?: number;
  /** Completed runs that were looked at; absent where it is configured. */
  readonly sample?: number;
}

interface Sample {
  readonly untilMs: number;
  readonly expectation: Expectation;
}

/**
 * What is expected of task types. Runs that completed are looked at once for each time at which a sample ends, so that
 * every process that asks at the same time has the same answer.
 */
export class ExpectedDurations {
  #samples: ReadonlyMap<string, Sample> = new Map();

  constructor(
    private readonly visibility: Visibility,
    private readonly config: Pick<ExporterConfig, 'taskTypes' | 'expected'>,
  ) {}

  /** @throws ServiceError of the request that failed; what was learnt before it is kept for the next time */
  async of(taskTypes: readonly string[], nowMs: number): Promise<ReadonlyMap<string, Expectation>> {
    const untilMs = sampleEndMs(nowMs, this.config.expected.refreshMs);
    const current = new Map(
      [...this.#samples].filter(([taskType, sample]) => sample.untilMs === untilMs && taskTypes.includes(taskType)),
    );
    this.#samples = current;
    const expectations = new Map<string, Expectation>();
    for (const taskType of taskTypes) {
      const ms = this.#configured(taskType);
      if (ms !== undefined) expectations.set(taskType, { source: 'configured', ms });
      else {
        const sample = current.get(taskType) ?? { untilMs, expectation: await this.#observe(taskType, untilMs) };
        current.set(taskType, sample);
        expectations.set(taskType, sample.expectation);
      }
    }
    return expectations;
  }

  #configured(taskType: string): number | undefined {
    const { taskTypes } = this.config;
    return Object.hasOwn(taskTypes, taskType) ? taskTypes[taskType]?.expectedMs : undefined;
  }

  async #observe(taskType: string, untilMs: number): Promise<Expectation> {
    const { windowMs, sampleSize, minimumSample, factor, floorMs } = this.config.expected;
    // Completed ones alone: how long it took an operator to end a run that hung says nothing about the task, and a run
    // that continued as new has not ended. The newest closed come first.
    const condition = allOf(
      "ExecutionStatus = 'Completed'",
      `AgentTaskType = ${quote(taskType)}`,
      `CloseTime > ${quoteTime(untilMs - windowMs)}`,
      `CloseTime <= ${quoteTime(untilMs)}`,
    );
    const { runs } = await this.visibility.list('closed', condition, sampleSize);
    const durations = runs.flatMap((run) =>
      // Clocks of clients, which write the start, may be ahead.
      run.closedAtMs === undefined ? [] : [Math.max(0, run.closedAtMs - taskStartMs(run))],
    );
    const sample = durations.length;
    if (sample < Math.max(1, minimumSample)) return { source: 'observed', sample };
    return { source: 'observed', sample, ms: Math.max(floorMs, Math.round(percentile95(durations) * factor)) };
  }
}

/** The last multiple of the refresh interval of which visibility shows everything that closed before. */
export function sampleEndMs(nowMs: number, refreshMs: number): number {
  return Math.floor(settledMs(nowMs) / refreshMs) * refreshMs;
}

/** 95th percentile by nearest rank: the least value that at least 95 % of the sample do not exceed. */
export function percentile95(sample: readonly number[]): number {
  const sorted = sample.toSorted((a, b) => a - b);
  return sorted[Math.ceil((95 * sorted.length) / 100) - 1] ?? Number.NaN;
}
