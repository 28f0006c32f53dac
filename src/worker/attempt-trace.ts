import type { AttemptTrace } from '../activity/attempt-observer';
import type { ActivityObservation, AgentCorrelation, ContentRefs } from '../activity/observation';
import { type ActivitySpan, abandonActivitySpan, endActivitySpan, logAttributes } from '../tracing';

/** Receives the observation of an attempt; returns where its content is, when that is known now or soon. Never throws. */
export type Watch = (
  observation: ActivityObservation,
  span: ActivitySpan,
) => ContentRefs | Promise<ContentRefs> | undefined;

/** Follows one attempt: its span lasts as long, and ends with what all others came to. */
export class ObservedTrace implements AttemptTrace {
  constructor(
    private readonly correlation: AgentCorrelation,
    private readonly span: ActivitySpan,
    private readonly watch: Watch,
  ) {}

  run<I, T>(fn: (input: I) => T, input: I): T {
    return this.span.run(fn, input);
  }

  logAttributes(attributes: Readonly<Record<string, unknown>>): Record<string, unknown> {
    return logAttributes(this.correlation, attributes);
  }

  end(observation: ActivityObservation): void {
    const { span } = this;
    const refs = this.watch(observation, span);
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
