import { metrics as api } from '@opentelemetry/api';
import { metrics as sdk } from '@opentelemetry/sdk-node';
import { expect, test } from 'vitest';
import { recordGenAiMetrics } from '#lib/metrics/index';
import { call, modelCall, toolCall } from './observations';
import { operator } from './scrape';

test('model calls reach a meter provider by the names of the GenAI conventions, also one that is set late', async () => {
  const { report, errors } = operator();
  recordGenAiMetrics(modelCall(), report);
  const exporter = new sdk.InMemoryMetricExporter(sdk.AggregationTemporality.CUMULATIVE);
  const reader = new sdk.PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 3_600_000 });
  const provider = new sdk.MeterProvider({ readers: [reader] });
  api.setGlobalMeterProvider(provider);

  recordGenAiMetrics(modelCall({ call: { ...call, usage: { inputTokens: 100, outputTokens: 20 } } }), report);
  const { call: _, ...failed } = modelCall({ outcome: 'timeout', errorInfo: { type: 'timeout', retryable: true } });
  recordGenAiMetrics(failed, report);
  recordGenAiMetrics(toolCall(), report);
  await provider.forceFlush();

  const scope = exporter.getMetrics()[0]?.scopeMetrics[0];
  expect(scope?.scope.name).toBe('temporal-agent-observability');
  const points = (scope?.metrics ?? []).flatMap(({ descriptor, dataPoints }) =>
    dataPoints.map(({ attributes, value }) => {
      const { buckets, sum, count } = value as sdk.Histogram;
      return { name: descriptor.name, unit: descriptor.unit, last: buckets.boundaries.at(-1), attributes, sum, count };
    }),
  );
  const asked = {
    'gen_ai.operation.name': 'chat',
    'gen_ai.provider.name': 'openai',
    'gen_ai.request.model': 'gpt-5',
    'gen_ai.response.model': 'gpt-5-2025-08-07',
  };
  const tokens = { name: 'gen_ai.client.token.usage', unit: '{token}', last: 67108864, count: 1 };
  const duration = { name: 'gen_ai.client.operation.duration', unit: 's', last: 81.92, count: 1, sum: 3 };
  const unknown = { 'gen_ai.operation.name': 'chat', 'gen_ai.provider.name': '_OTHER', 'error.type': 'timeout' };
  expect(points).toHaveLength(4);
  expect(points).toEqual(
    expect.arrayContaining([
      { ...tokens, sum: 100, attributes: { ...asked, 'gen_ai.token.type': 'input' } },
      { ...tokens, sum: 20, attributes: { ...asked, 'gen_ai.token.type': 'output' } },
      { ...duration, attributes: asked },
      { ...duration, attributes: unknown },
    ]),
  );
  expect(errors).toEqual([]);
  await provider.shutdown();
});
