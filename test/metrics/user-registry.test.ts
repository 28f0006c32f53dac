import { AggregatorRegistry, Counter, Registry } from 'prom-client';
import { expect, test } from 'vitest';
import { acquireMetrics } from '#lib/metrics/index';
import { operator, samples } from './scrape';

const NAME = 'temporal_agent_content_written_total';

test("metrics go into the user's registry, without default labels and without an endpoint", async () => {
  const registry = new Registry();
  const who = operator();
  const metrics = acquireMetrics({ registry }, 'worker', who.report, who.logger);
  await metrics.ready;
  metrics.for('shop').inc('contentWritten', {});
  expect(metrics.address).toBeUndefined();
  expect(samples(await registry.metrics()).get(`${NAME}{temporal_namespace="shop"}`)).toBe(1);
});

test('all who bring one registry share its counts, also after the last has gone', async () => {
  const registry = new Registry();
  const who = operator();
  const first = acquireMetrics({ registry }, 'worker', who.report, who.logger);
  const second = acquireMetrics({ registry }, 'worker', who.report, who.logger);
  first.for('shop').inc('contentWritten', {});
  second.for('shop').inc('contentWritten', {});
  await Promise.all([first.release(), second.release()]);
  acquireMetrics({ registry }, 'worker', who.report, who.logger).for('shop').inc('contentWritten', {});
  expect(samples(await registry.metrics()).get(`${NAME}{temporal_namespace="shop"}`)).toBe(3);
});

test('another metric under one of our names is an error that names it, and leaves the registry as it was', () => {
  const registry = new Registry();
  new Counter({ name: NAME, help: 'something else', registers: [registry] });
  const who = operator();
  expect(() => acquireMetrics({ registry }, 'worker', who.report, who.logger)).toThrow(NAME);
  expect(registry.getMetricsAsArray()).toHaveLength(1);
});

test('a registry in OpenMetrics format keeps the names of counters over many scrapes', async () => {
  const registry = new Registry();
  registry.setContentType(Registry.OPENMETRICS_CONTENT_TYPE as typeof registry.contentType);
  const who = operator();
  const metrics = acquireMetrics({ registry }, 'worker', who.report, who.logger);
  metrics.for('shop').inc('contentWritten', {});
  await registry.metrics();
  const text = await registry.metrics();
  expect(text).toContain(`${NAME}{temporal_namespace="shop"} 1`);
  expect(text.endsWith('# EOF\n')).toBe(true);
});

test('the JSON form of a registry, which clusters merge, says the same as its text', async () => {
  const registry = new Registry();
  const who = operator();
  const metrics = acquireMetrics({ registry }, 'worker', who.report, who.logger).for('shop');
  metrics.observe('payloadBytes', { boundary: 'activity_input' }, 2000);
  const merged = AggregatorRegistry.aggregate([await registry.getMetricsAsJSON(), await registry.getMetricsAsJSON()]);
  const found = samples(await merged.metrics());
  const labels = 'temporal_namespace="shop",boundary="activity_input"';
  expect(found.get(`temporal_agent_payload_bytes_sum{${labels}}`)).toBe(4000);
  expect(found.get(`temporal_agent_payload_bytes_bucket{le="1024",${labels}}`)).toBe(0);
  expect(found.get(`temporal_agent_payload_bytes_bucket{le="4096",${labels}}`)).toBe(2);
});
