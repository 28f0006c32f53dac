import { expect, inject, test } from 'vitest';
import { doctor, serve, serveAnswers } from './support';

/**
 * Grafana itself cannot be installed here; what answers are the shapes of its HTTP API.
 *
 * @see https://grafana.com/docs/grafana/latest/developers/http_api/
 */
const HEALTH = { '/api/health': { database: 'ok', version: '12.2.1' } };
const DASHBOARDS = Object.fromEntries(
  ['agents', 'models', 'approvals', 'patterns', 'pipeline'].map((name) => [
    `/api/dashboards/uid/temporal-agent-observability-${name}`,
    { dashboard: {} },
  ]),
);
const SOURCES = { '/api/datasources': [{ uid: 'any', name: 'Metrics', type: 'prometheus' }] };
const PROXIED = '/api/datasources/proxy/uid/any/api/v1/query';
const series = (count: number) => ({
  [PROXIED]: {
    status: 'success',
    data: { resultType: 'vector', result: Array(count).fill({ metric: {}, value: [0, '1'] }) },
  },
});

const ALONE = [
  '--address',
  inject('temporalAddress'),
  '--namespace',
  'doctor-nowhere',
  '--worker-metrics',
  'off',
  '--exporter',
  'off',
];
const ask = (url: string, ...more: string[]) => doctor(...ALONE, '--grafana', url, ...more);

test('with all dashboards and a data source that has our metrics, all is in order', async () => {
  const { check, all } = await ask(await serveAnswers({ ...HEALTH, ...DASHBOARDS, ...SOURCES, ...series(1) }));
  expect(all('problem')).toEqual(['temporal/namespace']);
  expect(check('grafana/health')?.message).toContain('Grafana 12.2.1');
  expect(check('grafana/dashboards')?.message).toBe('all 5 dashboards are there');
  expect(check('grafana/data-source')?.message).toContain('"Metrics" has metrics of the package');
});

test('dashboards that are missing are named with their files', async () => {
  const { '/api/dashboards/uid/temporal-agent-observability-models': _, ...others } = DASHBOARDS;
  const { check } = await ask(await serveAnswers({ ...HEALTH, ...others, ...SOURCES, ...series(1) }));
  expect(check('grafana/dashboards')).toMatchObject({
    status: 'problem',
    message: 'not there: models',
    fix: expect.stringContaining('dashboards/models.json'),
  });
});

test.each([
  ['none at all', { '/api/datasources': [] }, 'there is no data source of type prometheus'],
  [
    'one of another kind',
    { '/api/datasources': [{ uid: 'l', name: 'Logs', type: 'loki' }] },
    'there is no data source',
  ],
  ['one without our metrics', { ...SOURCES, ...series(0) }, 'no data source has a metric of the package'],
  ['one that does not answer', SOURCES, 'no data source of type prometheus answers'],
])('a data source is a problem: %s', async (_, answers, message) => {
  const { check } = await ask(await serveAnswers({ ...HEALTH, ...DASHBOARDS, ...answers }));
  expect(check('grafana/data-source')).toMatchObject({ status: 'problem', message: expect.stringContaining(message) });
});

test('viewers, who may not list data sources, get them with the settings of the page', async () => {
  const settings = { '/api/frontend/settings': { datasources: { Metrics: { uid: 'any', type: 'prometheus' } } } };
  const answers = await serveAnswers({ ...HEALTH, ...DASHBOARDS, ...settings, ...series(1) });
  const url = await serve((request, response) => {
    if (request.url === '/api/datasources') response.writeHead(403).end('{}');
    else void fetch(answers + request.url).then(async (from) => response.writeHead(from.status).end(await from.text()));
  });
  expect((await ask(url)).check('grafana/data-source')?.status).toBe('ok');
});

test('who must log in is told which token to give, and a token is sent', async () => {
  const seen = new Set<string | undefined>();
  const url = await serve((request, response) => {
    seen.add(request.headers.authorization);
    if (request.url === '/api/health') response.end(JSON.stringify(HEALTH['/api/health']));
    else response.writeHead(401).end('{}');
  });
  const { check, exitCode } = await ask(url, '--grafana-token', 'glsa_test');
  expect(exitCode).toBe(1);
  expect([...seen]).toEqual(['Bearer glsa_test']);
  expect(check('grafana/dashboards')).toMatchObject({
    status: 'warning',
    fix: expect.stringContaining('--grafana-token'),
  });
  expect(check('grafana/data-source')?.status).toBe('warning');
});
