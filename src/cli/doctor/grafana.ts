/**
 * Whether Grafana shows our dashboards, with data behind them.
 *
 * @module
 */

import { METRICS } from '../../definitions/metrics';
import type { DashboardName } from '../../rules/rule';
import { dashboardUid } from '../../rules/rule-text';
import type { HttpTarget } from './http';
import { type Fields, fields, list, text } from './json';
import { Part } from './part';
import { seriesOf } from './prometheus-api';
import type { CheckResult } from './report';
import { Unanswered } from './unanswered';

const FLAG = 'Give the address of Grafana, with the path that it is served under: --grafana <url>.';
const TOKEN = 'Give the token of a service account with the role Viewer: --grafana-token.';

const DASHBOARDS: Readonly<Record<DashboardName, true>> = {
  agents: true,
  models: true,
  approvals: true,
  patterns: true,
  pipeline: true,
};

/** Asked at most, of those that there are. */
const MOST_SOURCES = 10;

export async function checkGrafana(target: HttpTarget): Promise<CheckResult[]> {
  const part = new Part('grafana');
  await part.attempt('health', FLAG, async () => {
    const { database, version } = fields(await target.json('/api/health'));
    if (database === 'ok') part.ok('health', `Grafana ${text(version) || 'of unknown version'} at ${target.address}`);
    else part.problem('health', `${target.address} does not say that it is healthy`, FLAG);
  });
  if (part.results.some(({ status }) => status === 'problem')) return part.results;
  await part.together([
    (own) => own.attempt('dashboards', FLAG, () => checkDashboards(own, target)),
    (own) => own.attempt('data-source', FLAG, () => checkDataSource(own, target)),
  ]);
  return part.results;
}

async function checkDashboards(part: Part, target: HttpTarget): Promise<void> {
  const names = Object.keys(DASHBOARDS) as DashboardName[];
  const statuses = await Promise.all(
    names.map(async (name) => (await target.get(`/api/dashboards/uid/${dashboardUid(name)}`)).status),
  );
  if (statuses.some(isRefusal)) {
    part.warning('dashboards', 'not permitted to read dashboards', TOKEN);
    return;
  }
  const missing = names.filter((_, i) => statuses[i] === 404);
  const odd = statuses.find((status) => status !== 404 && status !== 200);
  if (odd !== undefined) throw new Unanswered(`${target.address} answers for a dashboard with status ${odd}`);
  if (missing.length > 0) {
    const files = missing.map((name) => `dashboards/${name}.json`);
    part.problem('dashboards', `not there: ${missing.join(', ')}`, `Import or provision ${files.join(', ')}.`);
  } else part.ok('dashboards', `all ${names.length} dashboards are there`);
}

/** A dashboard takes any data source, so that one with our metrics is enough. */
async function checkDataSource(part: Part, target: HttpTarget): Promise<void> {
  const sources = await prometheusSources(target);
  if (sources === undefined) {
    part.warning('data-source', 'not permitted to list data sources', TOKEN);
    return;
  }
  if (sources.length === 0) {
    part.problem('data-source', 'there is no data source of type prometheus', 'Add Prometheus as a data source.');
    return;
  }
  const query = `count(${METRICS.buildInfo.name})`;
  const answers = await Promise.allSettled(
    sources.slice(0, MOST_SOURCES).map(async ({ uid, name }) => {
      const proxied = target.below(`/api/datasources/proxy/uid/${encodeURIComponent(text(uid))}`);
      return { name: text(name), series: await seriesOf(proxied, query) };
    }),
  );
  const answered = answers.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value] : []));
  const withData = answered.find(({ series }) => series.length > 0);
  if (withData !== undefined) part.ok('data-source', `data source "${withData.name}" has metrics of the package`);
  else if (answered.length > 0) {
    part.problem(
      'data-source',
      'no data source has a metric of the package: dashboards stay empty',
      'Point one at the Prometheus that scrapes workers and exporter; what is wrong there: --prometheus <url>.',
    );
  } else {
    part.problem(
      'data-source',
      'no data source of type prometheus answers through Grafana',
      "Its URL is resolved where Grafana runs: see the data source's own test.",
    );
  }
}

/** @returns `undefined` when they may not be listed */
async function prometheusSources(target: HttpTarget): Promise<readonly Fields[] | undefined> {
  const isPrometheus = ({ type }: Fields) => type === 'prometheus';
  const { status } = await target.get('/api/datasources');
  if (!isRefusal(status)) return list(await target.json('/api/datasources')).filter(isPrometheus);
  // Viewers, anonymous ones too, get theirs with the settings of the page.
  const settings = await target.get('/api/frontend/settings');
  if (isRefusal(settings.status)) return undefined;
  const { datasources } = fields(await target.json('/api/frontend/settings'));
  return Object.entries(fields(datasources))
    .map(([name, source]): Fields => ({ name, ...fields(source) }))
    .filter(isPrometheus);
}

function isRefusal(status: number): boolean {
  return status === 401 || status === 403;
}
