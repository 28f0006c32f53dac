import {
  type Context,
  context,
  isSpanContextValid,
  ProxyTracerProvider,
  type Span,
  SpanKind,
  SpanStatusCode,
  type Tracer,
  type TracerProvider,
  trace,
} from '@opentelemetry/api';
import type { ActivityObservation, AgentCorrelation } from '../activity/observation';
import type { ReportError } from '../definitions/observer-parts';
import { INSTRUMENTATION_SCOPE, SEMCONV_SCHEMA_URL } from '../definitions/span-attributes';
import { learnShape } from './attribute-shapes';
import { type ActivitySpanDetails, describeEnd, describeStart, samplingAttributes, spanName } from './attributes';
import { errorTypeOf } from './error-type';

/** What is known of an attempt before it runs. */
export interface ActivitySpanHints {
  /** `llm` where the activity is known to call a model or its arguments name one; decides the kind of the span. */
  readonly kind: 'llm' | 'tool';
  /** Start of the attempt, in milliseconds since the epoch; the end is reckoned from the same clock. */
  readonly startedAtMs: number;
  /** Model that the arguments ask for. */
  readonly requestModel?: string | undefined;
  /** Tool name, when it is not the activity type. */
  readonly tool?: string | undefined;
}

/** The span of one activity attempt. */
export interface ActivitySpan {
  /** Calls `fn` with the span active, so that spans made inside nest under it. What `fn` throws is thrown. */
  run<A extends unknown[], T>(fn: (...args: A) => T, ...args: A): T;
}

class StartedSpan implements ActivitySpan {
  ended = false;

  constructor(
    readonly span: Span,
    readonly active: Context,
    readonly report: ReportError,
  ) {}

  run<A extends unknown[], T>(fn: (...args: A) => T, ...args: A): T {
    return context.with(this.active, fn, undefined, ...args);
  }
}

/** Stands for a span where nothing would be recorded. */
const NO_SPAN: ActivitySpan = { run: (fn, ...args) => fn(...args) };

/**
 * Starts the span of an activity attempt as a child of whatever is active.
 *
 * OpenTelemetry fixes the kind of a span when it starts. A model call that is recognised only by its result therefore
 * gets the name and attributes of one at its end, but stays of kind INTERNAL.
 *
 * Never throws: an error goes to `report`, and the span that comes back does nothing.
 */
export function startActivitySpan(
  correlation: AgentCorrelation,
  hints: ActivitySpanHints,
  report: ReportError,
): ActivitySpan {
  try {
    const tracer = currentTracer();
    if (tracer === undefined) {
      return NO_SPAN;
    }
    const parent = context.active();
    const span = tracer.startSpan(
      spanName(hints, correlation),
      {
        kind: hints.kind === 'llm' ? SpanKind.CLIENT : SpanKind.INTERNAL,
        startTime: hints.startedAtMs,
        attributes: samplingAttributes(correlation, hints),
      },
      parent,
    );
    const isRecording = span.isRecording();
    if (isRecording) {
      describeStart(span, correlation);
    }
    // A span that is not sampled is made active too, or spans inside would begin traces of their own.
    return isRecording || isSpanContextValid(span.spanContext())
      ? new StartedSpan(span, trace.setSpan(parent, span), report)
      : NO_SPAN;
  } catch (error) {
    report('tracing', error);
    return NO_SPAN;
  }
}

/**
 * Ends the span of an attempt at the attempt's own end, however much later this is called. A second call does nothing.
 * Never throws.
 */
export function endActivitySpan(
  activitySpan: ActivitySpan,
  observation: ActivityObservation,
  details: ActivitySpanDetails = {},
): void {
  end(activitySpan, observation.startedAtMs + observation.durationMs, observation, details);
}

/**
 * Ends a span now without an outcome: the activity completes elsewhere, later, or could not be observed. Does nothing
 * after {@link endActivitySpan}. Never throws.
 */
export function abandonActivitySpan(activitySpan: ActivitySpan): void {
  end(activitySpan, Date.now());
}

/** Ids of the span, to be written beside what it tells of; `undefined` where there is none. */
export function traceIdsOf(
  activitySpan: ActivitySpan,
): { readonly traceId: string; readonly spanId: string } | undefined {
  if (!(activitySpan instanceof StartedSpan)) {
    return undefined;
  }
  const { traceId, spanId } = activitySpan.span.spanContext();
  return { traceId, spanId };
}

/** The span itself; `undefined` where there is none, or it has ended. */
export function spanOf(activitySpan: ActivitySpan): Span | undefined {
  return activitySpan instanceof StartedSpan && !activitySpan.ended ? activitySpan.span : undefined;
}

function end(
  activitySpan: ActivitySpan,
  endTime: number,
  observation?: ActivityObservation,
  details: ActivitySpanDetails = {},
): void {
  if (!(activitySpan instanceof StartedSpan) || activitySpan.ended) {
    return;
  }
  activitySpan.ended = true;
  const { span, report } = activitySpan;
  try {
    if (observation !== undefined && span.isRecording()) {
      describe(span, observation, details);
    }
  } catch (error) {
    report('tracing', error);
  }
  try {
    span.end(endTime);
  } catch (error) {
    report('tracing', error);
  }
}

function describe(span: Span, observation: ActivityObservation, details: ActivitySpanDetails): void {
  const { kind, call, tool, correlation } = observation;
  const requestModel = call?.requestModel ?? observation.requestModel ?? call?.model;
  span.updateName(spanName({ kind, requestModel, tool, operation: call?.operation }, correlation));
  const errorType = errorTypeOf(observation);
  describeEnd(span, observation, errorType, details);
  if (errorType !== undefined) {
    // Neither the error's message nor its stack: both can repeat content.
    span.setStatus({ code: SpanStatusCode.ERROR, message: errorType });
  }
  learnShape(span);
}

let known: { readonly provider: TracerProvider; readonly tracer: Tracer | undefined } | undefined;

/** `undefined` while no tracer provider is registered, so that nothing is built for a span that goes nowhere. */
function currentTracer(): Tracer | undefined {
  const proxy = trace.getTracerProvider();
  const provider = proxy instanceof ProxyTracerProvider ? proxy.getDelegate() : proxy;
  if (known?.provider !== provider) {
    const options = { schemaUrl: SEMCONV_SCHEMA_URL };
    const tracer =
      proxy instanceof ProxyTracerProvider
        ? proxy.getDelegateTracer(INSTRUMENTATION_SCOPE, undefined, options)
        : proxy.getTracer(INSTRUMENTATION_SCOPE, undefined, options);
    known = { provider, tracer };
  }
  return known.tracer;
}
