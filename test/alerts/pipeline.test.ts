import { describe, test } from 'vitest';
import { CONFIG, expectFiring, series, written } from './support';

const EXPORTER = { job: 'temporal-agent-exporter', instance: 'e1:9466' };
const up = (values: string, labels = {}) => written('up', { ...EXPORTER, ...labels }, values);
const interval = (seconds: number, labels = {}) =>
  series('exporterPollInterval', { ...EXPORTER, ...labels }, `${seconds}+0x120`);
const success = (values: string, labels = {}) => series('exporterLastSuccess', { ...EXPORTER, ...labels }, values);

describe('TemporalAgentExporterAbsent', () => {
  const ALERT = 'TemporalAgentExporterAbsent';

  test('fires where no target has its job, and ends when one has', async () => {
    await expectFiring(ALERT, [up('_x20 1x20')], { '3m': 0, '10m': 1, '22m': 0 });
  });

  test('fires when the target goes away', async () => {
    await expectFiring(ALERT, [up('1x20 stale')], { '20m': 0, '27m': 1 });
  });

  test('is silent where it is down, and where it runs inside a worker', async () => {
    await expectFiring(ALERT, [up('0x30')], { '20m': 0 });
    await expectFiring(ALERT, [interval(30, { job: 'temporal-agent-worker' })], { '20m': 0 });
  });
});

describe('TemporalAgentExporterDown', () => {
  const ALERT = 'TemporalAgentExporterDown';

  test('fires when no replica answers', async () => {
    await expectFiring(ALERT, [up('1x10 0x20'), up('1x12 0x20', { instance: 'e2:9466' })], { '15m': 0, '20m': 1 });
  });

  test('is silent about single failed scrapes, one replica of two, and other jobs', async () => {
    await expectFiring(ALERT, [up('1 0 0 1 0 0 1 0 0 1x20')], { '6m': 0, '20m': 0 });
    await expectFiring(ALERT, [up('0x30'), up('1x30', { instance: 'e2:9466' })], { '20m': 0 });
    await expectFiring(ALERT, [up('0x30', { job: 'node' })], { '20m': 0 });
  });
});

describe('TemporalAgentExporterStale', () => {
  const ALERT = 'TemporalAgentExporterStale';

  test('fires when polls stop to succeed, and ends when they succeed again', async () => {
    const input = [interval(30), success('0+60x10 600+0x20 1860+60x20')];
    await expectFiring(ALERT, input, { '14m': 0, '20m': 1, '36m': 0 });
  });

  test('fires when no poll has ever succeeded', async () => {
    await expectFiring(ALERT, [interval(30)], { '5m': 0, '12m': 1 });
  });

  test('is silent while one replica succeeds, and between polls that are far apart', async () => {
    const second = { instance: 'e2:9466' };
    const input = [interval(30), interval(30, second), success('0+0x60'), success('0+60x60', second)];
    await expectFiring(ALERT, input, { '30m': 0 });
    await expectFiring(ALERT, [interval(3600), success('0+0x59 3600+0x59')], { '50m': 0, '100m': 0 });
  });

  test('looks at each namespace', async () => {
    const other = { temporal_namespace: 'other' };
    const input = [interval(30), interval(30, other), success('0+60x60'), success('0+0x60', other)];
    await expectFiring(ALERT, input, { '30m': 1 });
  });
});

describe('TemporalAgentObserverErrors', () => {
  const errors = (part: string, values: string) => series('observerErrors', { part }, values);

  test('fires on the first error of a part', async () => {
    const input = [errors('content', '0x20 1+0x40'), errors('reader', '0x60')];
    await expectFiring('TemporalAgentObserverErrors', input, { '19m': 0, '23m': 1, '45m': 0 });
  });
});

describe('TemporalAgentContentDropped', () => {
  test.each(['contentDropped', 'contentFailed'] as const)('fires on %s', async (key) => {
    const other = key === 'contentDropped' ? 'contentFailed' : 'contentDropped';
    const input = [series(key, {}, '0x20 7+0x40'), series(other, {}, '0x60')];
    await expectFiring('TemporalAgentContentDropped', input, { '19m': 0, '23m': 1, '45m': 0 });
  });
});

describe('TemporalAgentWorkerWithoutPollers', () => {
  const ALERT = 'TemporalAgentWorkerWithoutPollers';
  const pollers = (values: string, name = 'temporal_num_pollers', labels = {}) =>
    written(name, { namespace: 'agents', task_queue: 'agents', poller_type: 'workflow_task', ...labels }, values);

  test.each(['temporal_num_pollers', 'temporal_num_pollers_total'])('fires where %s is 0', async (name) => {
    await expectFiring(ALERT, [pollers('5x10 0x20', name)], { '14m': 0, '20m': 1 });
  });

  test('takes prefix and labels of the user', async () => {
    const config = { ...CONFIG, core: { prefix: 'acme_', namespace: 'exported_namespace' } };
    const zero = pollers('0x20', 'acme_num_pollers', { exported_namespace: 'agents' });
    await expectFiring(ALERT, [zero], { '10m': 1 }, config);
  });

  test('is silent where some poll, and where nothing is known', async () => {
    await expectFiring(ALERT, [pollers('0x20'), pollers('2x20', undefined, { instance: 'b:9464' })], { '15m': 0 });
    await expectFiring(ALERT, [], { '15m': 0 });
  });
});
