import { type Attributes, createNoopMeter, type Histogram, type MeterProvider, metrics } from '@opentelemetry/api';
import type { ActivityObservation } from '../activity/observation';
import type { ReportError } from '../definitions/observer-parts';
import { OTEL_METRICS, TOKEN_TYPE_ATTRIBUTE } from '../definitions/otel-metrics';
import { INSTRUMENTATION_SCOPE, SEMCONV_SCHEMA_URL, SPAN_ATTRIBUTES } from '../definitions/span-attributes';
import { cleanLabelValue } from './label-value';

interface GenAiInstruments {
  readonly provider: MeterProvider;
  /** Absent while no meter provider is set. */
  readonly histograms?: { readonly tokens: Histogram; readonly duration: Histogram };
}

let current: GenAiInstruments | undefined;

/**
 * Records a model call in the metrics of OpenTelemetry's GenAI conventions v1.41. Does nothing while no meter provider
 * is set, and finds one that is set later.
 */
export function recordGenAiMetrics(observation: ActivityObservation, report: ReportError): void {
  if (observation.kind !== 'llm') {
    return;
  }
  try {
    const histograms = instruments().histograms;
    if (histograms === undefined) {
      return;
    }
    const { call, errorInfo, durationMs } = observation;
    const attributes = callAttributes(observation);
    histograms.duration.record(
      durationMs / 1000,
      errorInfo === undefined ? attributes : { ...attributes, [SPAN_ATTRIBUTES.errorType]: errorInfo.type },
    );
    if (call?.usage?.inputTokens !== undefined) {
      histograms.tokens.record(call.usage.inputTokens, { ...attributes, [TOKEN_TYPE_ATTRIBUTE]: 'input' });
    }
    if (call?.usage?.outputTokens !== undefined) {
      histograms.tokens.record(call.usage.outputTokens, { ...attributes, [TOKEN_TYPE_ATTRIBUTE]: 'output' });
    }
  } catch (error) {
    report('metrics', error);
  }
}

/** The metrics API has no proxy: instruments made before a provider is set would stay inert for ever. */
function instruments(): GenAiInstruments {
  const provider = metrics.getMeterProvider();
  if (current?.provider !== provider) {
    current = create(provider);
  }
  return current;
}

function create(provider: MeterProvider): GenAiInstruments {
  const meter = provider.getMeter(INSTRUMENTATION_SCOPE, undefined, { schemaUrl: SEMCONV_SCHEMA_URL });
  if (meter === createNoopMeter()) {
    return { provider };
  }
  const histogram = ({ name, unit, description, boundaries }: (typeof OTEL_METRICS)[keyof typeof OTEL_METRICS]) =>
    meter.createHistogram(name, { unit, description, advice: { explicitBucketBoundaries: [...boundaries] } });
  return {
    provider,
    histograms: {
      tokens: histogram(OTEL_METRICS.tokenUsage),
      duration: histogram(OTEL_METRICS.operationDuration),
    },
  };
}

function callAttributes(observation: ActivityObservation): Attributes {
  const { call, errorInfo } = observation;
  const provider = call?.provider ?? errorInfo?.provider ?? observation.requestProvider;
  const requestModel = call?.requestModel ?? observation.requestModel;
  const attributes: Attributes = {
    [SPAN_ATTRIBUTES.operationName]: call?.operation ?? 'chat',
    [SPAN_ATTRIBUTES.providerName]: provider === undefined ? '_OTHER' : cleanLabelValue(provider),
  };
  if (requestModel !== undefined) {
    attributes[SPAN_ATTRIBUTES.requestModel] = cleanLabelValue(requestModel);
  }
  if (call?.model !== undefined) {
    attributes[SPAN_ATTRIBUTES.responseModel] = cleanLabelValue(call.model);
  }
  return attributes;
}
