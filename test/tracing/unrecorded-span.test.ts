import { context, trace } from '@opentelemetry/api';
import { node, tracing } from '@opentelemetry/sdk-node';
import { expect, test } from 'vitest';
import { endActivitySpan, logAttributes, startActivitySpan, traceIdsOf } from '#lib/tracing/index';
import { correlation, modelCall, STARTED } from './observations';

const hints = { kind: 'llm', startedAtMs: STARTED } as const;
const report = (_: string, error: unknown) => {
  throw error;
};

/** Tells which properties were read. */
function watched<T extends object>(value: T) {
  const reads = new Set<string | symbol>();
  const proxy = new Proxy(value, {
    get: (target, key) => {
      reads.add(key);
      return Reflect.get(target, key);
    },
  });
  return { proxy, reads: () => [...reads] };
}

/** All that ending a span takes when nothing is recorded. */
const TIME_ONLY = ['startedAtMs', 'durationMs'];

test('without a tracer provider nothing is read, built or made active; spans of one set later are recorded', async () => {
  const observation = watched(modelCall());
  const ids = watched(correlation);
  const span = startActivitySpan(ids.proxy, hints, report);
  expect(span.run(() => trace.getActiveSpan())).toBeUndefined();
  endActivitySpan(span, observation.proxy);
  expect(ids.reads()).toEqual([]);
  expect(observation.reads()).toEqual(TIME_ONLY);
  expect(traceIdsOf(span)).toBeUndefined();
  expect(logAttributes(correlation)).not.toHaveProperty('trace_id');

  const exporter = new tracing.InMemorySpanExporter();
  const provider = new node.NodeTracerProvider({ spanProcessors: [new tracing.SimpleSpanProcessor(exporter)] });
  provider.register();
  endActivitySpan(startActivitySpan(correlation, hints, report), modelCall());
  expect(exporter.getFinishedSpans().map(({ name }) => name)).toEqual(['chat gpt-5']);
  await provider.shutdown();
  trace.disable();
  context.disable();
});

test('a span that is not sampled builds no outcome, and spans inside are not sampled either', async () => {
  const exporter = new tracing.InMemorySpanExporter();
  const onlyRootsOfOthers = {
    shouldSample: (_c: unknown, _t: string, name: string) => ({
      decision: name.startsWith('chat')
        ? tracing.SamplingDecision.NOT_RECORD
        : tracing.SamplingDecision.RECORD_AND_SAMPLED,
    }),
  };
  const provider = new node.NodeTracerProvider({
    sampler: new tracing.ParentBasedSampler({ root: onlyRootsOfOthers }),
    spanProcessors: [new tracing.SimpleSpanProcessor(exporter)],
  });
  provider.register();
  const observation = watched(modelCall());
  const span = startActivitySpan(correlation, hints, report);
  span.run(() => trace.getTracer('test').startSpan('inner').end());
  endActivitySpan(span, observation.proxy);
  expect(observation.reads()).toEqual(TIME_ONLY);
  expect(exporter.getFinishedSpans()).toEqual([]);
  trace.getTracer('test').startSpan('root').end();
  expect(exporter.getFinishedSpans()).toHaveLength(1);
  await provider.shutdown();
});
