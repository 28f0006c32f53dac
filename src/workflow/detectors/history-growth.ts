import { workflowInfo } from '@temporalio/workflow';
import type { ResolvedActivity } from '../agent-state';
import type { WatchedRun, WorkflowDetector } from './workflow-detector';

export type HistoryQuantity = 'bytes' | 'events';

export interface Forecast {
  /** Further model calls whose results still fit below the limit. */
  readonly callsLeft: number;
  /** What the next call adds to history, with all that belongs to it. */
  readonly nextCall: number;
}

/** Model calls by which growth is judged; what came before says less of what comes next. */
const WINDOW = 32;

/** Fewer points than that lie on a line by chance. */
const MIN_TREND = 4;

/** Standard errors that a trend has to be away from zero to be one. */
const SIGNIFICANT = 3;

interface Sample {
  /** Model calls of this run so far. */
  calls: number;
  readonly bytes: number;
  readonly events: number;
}

interface Growth {
  readonly nextCall: number;
  /** How much more than the call before each call adds. */
  readonly trend: number;
}

/**
 * How the history of a run grows with its model calls.
 *
 * An agent that sends its whole conversation with each call adds more with every call, so that the mean growth would
 * promise about twice the calls that are left: what a call adds is taken for a straight line over the calls, where the
 * recent ones lie on one, and for constant where they do not.
 */
export class HistoryGrowth implements WorkflowDetector {
  private calls = 0;
  private readonly samples: Sample[] = [];

  constructor(private readonly run: WatchedRun) {}

  activityResolved({ activityType, turns }: ResolvedActivity): void {
    const isCall = turns === undefined ? this.run.state.callsModels(activityType) : turns.turns > 0;
    if (!isCall) return;
    this.calls++;
    // As the server told with this workflow task: what this task adds itself is not in it.
    const { historyLength: events, historySize: bytes } = workflowInfo();
    const last = this.samples.at(-1);
    if (last?.events === events) {
      last.calls = this.calls;
      return;
    }
    this.samples.push({ calls: this.calls, bytes, events });
    if (this.samples.length > WINDOW + 1) this.samples.shift();
  }

  /** `undefined` when the run has made no model call yet, or its history does not grow with them. */
  forecast(quantity: HistoryQuantity, used: number, limit: number): Forecast | undefined {
    const growth = this.growth(quantity, used);
    if (growth === undefined || !(growth.nextCall > 0)) return undefined;
    const { nextCall, trend } = growth;
    return { nextCall, callsLeft: Math.floor(callsUntil(Math.max(0, limit - used), nextCall, trend)) };
  }

  /** Least squares over what each call added, each workflow task weighted by the calls that came back with it. */
  private growth(quantity: HistoryQuantity, used: number): Growth | undefined {
    const [first, ...rest] = this.samples;
    const last = rest.at(-1);
    if (first === undefined) return undefined;
    if (last === undefined) return { nextCall: used / this.calls, trend: 0 };
    const mean = (last[quantity] - first[quantity]) / (last.calls - first.calls);
    const center = (first.calls + 1 + last.calls) / 2;
    let spread = 0;
    let together = 0;
    let scatter = 0;
    let before = first;
    for (const sample of rest) {
      const calls = sample.calls - before.calls;
      const x = (before.calls + 1 + sample.calls) / 2 - center;
      const y = (sample[quantity] - before[quantity]) / calls - mean;
      spread += calls * x * x;
      together += calls * x * y;
      scatter += calls * y * y;
      before = sample;
    }
    const trend = together / spread;
    const unexplained = (scatter - trend * together) / (rest.length - 2);
    const isTrend = rest.length >= MIN_TREND && trend > 0 && trend * together > SIGNIFICANT ** 2 * unexplained;
    return isTrend ? { nextCall: mean + trend * (this.calls + 1 - center), trend } : { nextCall: mean, trend: 0 };
  }
}

/** How many calls fit in `room` when the first adds `first` and each further one `more` than the one before. */
function callsUntil(room: number, first: number, more: number): number {
  if (more === 0) return room / first;
  const linear = first - more / 2;
  return (Math.sqrt(linear * linear + 2 * more * room) - linear) / more;
}
