import type { Detection } from '../definitions/finding';
import type { ReportError } from '../definitions/observer-parts';
import type { Thresholds } from '../definitions/thresholds';
import type { ActivityObservation, AgentCorrelation, JsonMeasure } from './observation';

/** What is known of an attempt before it runs. */
export interface AttemptStart {
  readonly correlation: AgentCorrelation;
  /** In milliseconds since the epoch. */
  readonly startedAtMs: number;
  /** Whether this will be a model call, as far as activity type and arguments tell. */
  readonly expected: ActivityObservation['kind'];
  /** Whether activities of this type are known to call models. */
  readonly isModelActivity: boolean;
  readonly tool: string;
  readonly requestModel: string | undefined;
  readonly requestProvider: string | undefined;
  /** Findings that the workflow allowed. */
  readonly allowed: readonly string[] | undefined;
}

/** Follows one attempt; whoever traces it keeps its span here. No method throws. */
export interface AttemptTrace {
  /** Calls `fn`, which runs the activity, with its span active. */
  run<I, T>(fn: (input: I) => T, input: I): T;
  /** Log attributes, and beside them ids of task, session and trace where they are not among them already. */
  logAttributes(attributes: Readonly<Record<string, unknown>>): Record<string, unknown>;
  /** Reports a finding about this attempt, unless the workflow allowed it. */
  found(detection: Detection): void;
  /** The attempt ended. */
  end(observation: ActivityObservation): void;
  /** The attempt ended in a way that says nothing about its outcome: it completes elsewhere, later. */
  abandon(): void;
}

/** Everything that watches activities, as the interceptor sees it. No method throws. */
export interface AttemptObserver {
  readonly namespace: string;
  /** Task type by workflow type, where the header says none. */
  readonly taskTypes: Readonly<Record<string, string>>;
  readonly report: ReportError;
  readonly thresholds: Thresholds;
  begin(start: AttemptStart): AttemptTrace;
  /** Size of a value as JSON in bytes of UTF-8; `undefined` when it cannot be measured. */
  measure(value: unknown): JsonMeasure | undefined;
  /** Cost of a call in US dollars; `undefined` when it is not known. */
  cost(call: NonNullable<ActivityObservation['call']>): number | undefined;
}
