import type { AttemptStart, AttemptTrace } from '../activity/attempt-observer';
import type { ActivityObservation, ContentRefs } from '../activity/observation';
import type { Detected, Detection } from '../definitions/finding';
import { type ActivitySpan, abandonActivitySpan, endActivitySpan, logAttributes } from '../tracing';

/** Receives the observation of an attempt; returns where its content is, when that is known now or soon. Never throws. */
export type Watch = (
  observation: ActivityObservation,
  span: ActivitySpan,
  trace: Pick<AttemptTrace, 'found'>,
) => ContentRefs | Promise<ContentRefs> | undefined;

/** Whom a trace tells. */
export interface AttemptWatcher {
  readonly watch: Watch;
  found(detected: Detected, span: ActivitySpan): void;
}

/** Follows one attempt: its span lasts as long, and ends with what all others came to. */
export class ObservedTrace implements AttemptTrace {
  constructor(
    private readonly start: AttemptStart,
    private readonly span: ActivitySpan,
    private readonly observer: AttemptWatcher,
  ) {}

  run<I, T>(fn: (input: I) => T, input: I): T {
    return this.span.run(fn, input);
  }

  logAttributes(attributes: Readonly<Record<string, unknown>>): Record<string, unknown> {
    return logAttributes(this.start.correlation, attributes);
  }

  found(detection: Detection): void {
    const { start, span, observer } = this;
    if (start.allowed?.includes(detection.id)) return;
    const { taskType, workflowType, workflowId, runId } = start.correlation;
    observer.found({ ...detection, taskType, workflowType, workflowId, runId }, span);
  }

  end(observation: ActivityObservation): void {
    const { span } = this;
    const refs = this.observer.watch(observation, span, this);
    if (refs instanceof Promise) {
      void refs.then(
        (settled) => endActivitySpan(span, observation, { refs: settled }),
        () => endActivitySpan(span, observation),
      );
    } else {
      endActivitySpan(span, observation, refs === undefined ? {} : { refs });
    }
  }

  abandon(): void {
    abandonActivitySpan(this.span);
  }
}
