import { describe, test } from 'vitest';
import { CONFIG, expectFiring, promtoolTest, series, written } from './support';

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

const workers = (key: 'workersRunning' | 'workersFailed', values: string, labels = {}) =>
  series(key, { task_queue: 'agents', ...labels }, values);

describe('TemporalAgentWorkerFailed', () => {
  const ALERT = 'TemporalAgentWorkerFailed';

  test('fires where a process outlives its worker, though others run, and ends when it is replaced', async () => {
    const failed = [workers('workersRunning', '1x10 0x20 1x20'), workers('workersFailed', '0x10 1x20 0x20')];
    const others = [workers('workersRunning', '1x60', { instance: 'b:9464' })];
    await expectFiring(ALERT, [...failed, ...others], { '9m': 0, '11m': 0, '14m': 1, '29m': 1, '32m': 0 });
  });

  test('is silent about a process that ends with its worker, and about workers that were shut down', async () => {
    await expectFiring(ALERT, [workers('workersFailed', '0x10 1 stale')], { '11m': 0, '15m': 0, '20m': 0 });
    const ended = [workers('workersRunning', '1x10 0x30'), workers('workersFailed', '0x40')];
    await expectFiring(ALERT, ended, { '15m': 0, '30m': 0 });
  });
});

describe('TemporalAgentWorkerWithoutPollers', () => {
  const ALERT = 'TemporalAgentWorkerWithoutPollers';
  const running = (values: string, labels = {}) => workers('workersRunning', values, labels);
  const failed = (values: string, labels = {}) => workers('workersFailed', values, labels);
  const pollers = (values: string, name = 'temporal_num_pollers', labels = {}) =>
    written(name, { namespace: 'agents', task_queue: 'agents', poller_type: 'workflow_task', ...labels }, values);
  const elsewhere = { instance: 'b:9464' };

  test.each(['temporal_num_pollers', 'temporal_num_pollers_total'])(
    'fires where a worker drains for long and %s is 0',
    async (name) => {
      const input = [running('1x30'), failed('0x30'), pollers('5x10 0x20', name)];
      await expectFiring(ALERT, input, { '14m': 0, '20m': 1 });
    },
  );

  test('fires where the only worker failed, with metrics of the Core SDK and without', async () => {
    const input = [running('1x10 0x40'), failed('0x10 1x40')];
    await expectFiring(ALERT, [...input, pollers('5x10 0x40')], { '14m': 0, '20m': 1 });
    await expectFiring(ALERT, input, { '14m': 0, '20m': 1 });
  });

  test('ends when the process starts another worker', async () => {
    const input = [running('1x10 0x20 1x30'), failed('0x10 1x20 0x30'), pollers('5x10 0x20 5x30')];
    await expectFiring(ALERT, input, { '29m': 1, '37m': 0 });
  });

  test('is silent in a process that outlives a worker which was shut down', async () => {
    const input = [running('1x10 0x40'), failed('0x50'), pollers('5x10 0x40')];
    await expectFiring(ALERT, input, { '20m': 0, '45m': 0 });
  });

  test('is silent where the other worker of a process goes on: Core says 0 until its next poll', async () => {
    const input = [running('2x10 1x40'), failed('0x50'), pollers('10x10 0 5x40')];
    await expectFiring(ALERT, input, { '12m': 0, '20m': 0 });
  });

  test('is silent where others poll', async () => {
    const drains = [running('1x30'), pollers('0x30')];
    await expectFiring(ALERT, [...drains, pollers('2x30', undefined, elsewhere)], { '15m': 0 });
    const ended = [running('0x30'), failed('1x30'), pollers('0x30')];
    await expectFiring(ALERT, [...ended, pollers('2x30', undefined, elsewhere)], { '15m': 0 });
    await expectFiring(ALERT, [running('0x30'), failed('1x30'), running('1x30', elsewhere)], { '15m': 0 });
  });

  test('is silent where workers run and Core is not scraped, where nothing is known, and about others', async () => {
    await expectFiring(ALERT, [running('1x30'), failed('0x30')], { '15m': 0 });
    await expectFiring(ALERT, [pollers('0x30')], { '15m': 0 });
    const other = { temporal_namespace: 'other' };
    await expectFiring(ALERT, [running('1x30', other), pollers('0x30')], { '15m': 0 });
    await expectFiring(ALERT, [running('1x30', { task_queue: 'others' }), pollers('0x30')], { '15m': 0 });
  });

  test('takes prefix and labels of the user', async () => {
    const config = { ...CONFIG, core: { prefix: 'acme_', namespace: 'exported_namespace' } };
    const zero = pollers('0x20', 'acme_num_pollers', { namespace: 'pods', exported_namespace: 'agents' });
    await expectFiring(ALERT, [running('1x20'), zero], { '10m': 1 }, config);
    const same = { ...CONFIG, core: { prefix: 'temporal_', namespace: 'temporal_namespace' } };
    const renamed = pollers('0x20', undefined, { namespace: 'pods', temporal_namespace: 'agents' });
    await expectFiring(ALERT, [running('1x20'), renamed], { '10m': 1 }, same);
  });

  test('says which task queue', async () => {
    const at = { temporal_namespace: "o'hare", task_queue: 'agents' };
    const content = {
      input_series: [running('1x20', at), pollers('0x20', undefined, { namespace: "o'hare" })],
      promql_expr_test: [
        {
          expr: `ALERTS{alertname="${ALERT}", alertstate="firing"}`,
          eval_time: '10m',
          exp_samples: [
            {
              labels: `ALERTS{alertname="${ALERT}", alertstate="firing", severity="critical", temporal_namespace="o'hare", task_queue="agents"}`,
              value: 1,
            },
          ],
        },
      ],
    };
    await promtoolTest(content, ALERT);
  });
});
