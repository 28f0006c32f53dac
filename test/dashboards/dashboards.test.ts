import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { FINDINGS } from 'temporal-agent-observability';
import { expect, test } from 'vitest';
import { METRICS, type MetricDefinition } from '#lib/definitions/metrics';
import { PATTERNS } from '#lib/definitions/patterns';
import { SEARCH_ATTRIBUTE_NAMES } from '#lib/definitions/search-attributes';
import { dashboardUid } from '#lib/rules/rule-text';
import { dashboards } from '../../dashboards/source';
import { DASHBOARDS, type Dashboard, FOLDER, type Panel } from '../../examples/monitoring/panels/shipped-dashboards';
import { checkCommand, commandsIn } from '../alerts/command-line';
import { ALERTS, definitionOf, PANELS, parsed, QUERIES, wrong } from './shipped';

/** Fields of a run that visibility knows by itself. */
const OF_TEMPORAL = ['ExecutionStatus', 'WorkflowType'];

const patterns = DASHBOARDS.get('patterns') as Dashboard;

test('the files are what the definitions make of them', () => {
  const made = Object.entries(dashboards());
  expect(
    readdirSync(FOLDER)
      .filter((file) => file.endsWith('.json'))
      .sort(),
  ).toEqual(made.map(([name]) => `${name}.json`).sort());
  for (const [name, dashboard] of made) {
    expect(readFileSync(path.join(FOLDER, `${name}.json`), 'utf8')).toBe(`${JSON.stringify(dashboard, null, 2)}\n`);
  }
});

test('each has the uid that alerts link to, which Grafana takes', () => {
  const uids = [...DASHBOARDS].map(([name, { uid }]) => {
    expect(uid).toBe(dashboardUid(name as 'agents'));
    expect(uid).toMatch(/^[\w-]{1,40}$/);
    return uid;
  });
  expect(new Set(uids).size).toBe(5);
});

test('each is classic JSON that Grafana reads as it is, whatever its data sources are called', () => {
  for (const dashboard of DASHBOARDS.values()) {
    expect(dashboard).not.toHaveProperty('__inputs');
    expect(dashboard).not.toHaveProperty('__requires');
    expect(dashboard).not.toHaveProperty('spec');
    expect(dashboard).not.toHaveProperty('id');
    expect(dashboard.schemaVersion).toBe(42);
    expect(dashboard.description.length).toBeGreaterThan(40);
    expect(JSON.stringify(dashboard)).not.toContain('DS_');
    const sources = [...JSON.stringify(dashboard).matchAll(/"uid":"([^"]*)"/g)].map(([, uid]) => uid);
    expect(new Set(sources)).toEqual(new Set([dashboard.uid, `\${datasource}`]));
  }
});

test('each leads to all others, with what is chosen', () => {
  const [tag] = patterns.tags;
  for (const { tags, links } of DASHBOARDS.values()) {
    expect(tags).toEqual([tag]);
    expect(links).toEqual([
      expect.objectContaining({ type: 'dashboards', tags: [tag], asDropdown: true, includeVars: true, keepTime: true }),
    ]);
  }
});

test('panels have ids of their own, and lie side by side within the 24 columns', () => {
  for (const { panels } of DASHBOARDS.values()) {
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
    for (const panel of panels) {
      expect(panel.id).toBeGreaterThan(0);
      expect(panel.gridPos.x + panel.gridPos.w).toBeLessThanOrEqual(24);
      expect(panels.filter((other) => other !== panel && overlap(panel, other))).toEqual([]);
    }
  }
});

test('every panel with a query says what it means that there is nothing, in the words of its subject', () => {
  const asking = PANELS.filter(({ panel }) => panel.type !== 'text');
  expect(
    wrong(asking, ({ panel }) => {
      const { noValue = '' } = panel.fieldConfig?.defaults ?? {};
      // Large letters in a small box.
      const longest = panel.type === 'stat' ? 32 : 100;
      return (noValue === '' || noValue === 'No data' || noValue.length > longest) && JSON.stringify(noValue);
    }),
  ).toEqual([]);
});

test('what stands large is of now, not of hours ago, and so are the rows of tables', () => {
  const ofNow = QUERIES.filter(({ panel }) => ['stat', 'table'].includes(panel.type));
  expect(ofNow.length).toBeGreaterThan(30);
  expect(wrong(ofNow, ({ target }) => target.instant !== true && 'is a value of the whole time')).toEqual([]);
});

test('no panel asks for more points than one a minute', () => {
  expect(
    wrong(PANELS, ({ panel }) => panel.type !== 'text' && panel.interval !== '1m' && `every ${panel.interval}`),
  ).toEqual([]);
});

test('what is not added up over time has the unit that the name of its metric says', () => {
  const units = { _seconds: 's', _bytes: 'bytes' } as const;
  const quantiles = QUERIES.filter(
    ({ target, panel }) => panel.type !== 'table' && /^histogram_quantile/.test(target.expr),
  );
  expect(quantiles.length).toBeGreaterThan(10);
  for (const { panel, target } of quantiles) {
    const [metric] = parsed(target.expr).selectors.map(({ name }) => definitionOf(name));
    const [, unit = 'short'] = Object.entries(units).find(([part]) => metric?.name.includes(part)) ?? [];
    expect(panel.fieldConfig?.defaults.unit).toBe(unit);
  }
});

test('links into Temporal are queries of attributes that there are, with everything encoded', () => {
  const urls = PANELS.flatMap(({ panel }) => panel.fieldConfig?.defaults.links ?? []).map(({ url }) => url);
  const known = [...SEARCH_ATTRIBUTE_NAMES, ...OF_TEMPORAL];
  let queries = 0;
  for (const url of urls) {
    expect(url).toMatch(
      /^\$\{temporal_ui:raw\}\/namespaces\/\$\{__(field\.labels|data\.fields)\.temporal_namespace:percentencode\}/,
    );
    const filled = url.replaceAll(/\$\{[^}]+\}/g, 'x');
    expect(filled).toBe(encodeURI(filled).replaceAll('%25', '%'));
    const query = new URL(filled, 'http://temporal').searchParams.get('query');
    if (query === null) continue;
    queries += 1;
    for (const condition of query.split(' AND ')) {
      const [, attribute] = /^(\w+) (?:(?:=|STARTS_WITH) '[\w ]+'|IN \('\w+'(?:, '\w+')*\))$/.exec(condition) ?? [];
      expect(known).toContain(attribute);
    }
  }
  expect(queries).toBeGreaterThan(20);
});

test('every failure pattern has a row, from what is found to what to do', () => {
  const rows = patterns.panels.filter(({ type }) => type === 'row').map(({ title }) => title);
  expect(rows.slice(1)).toEqual(Object.entries(PATTERNS).map(([number, name]) => `${number}: ${name}`));
  for (const number of Object.keys(PATTERNS)) {
    const ofRow = patterns.panels.filter(({ type, title }) => type !== 'row' && title.startsWith(`${number}: `));
    expect(ofRow.map(({ type }) => type)).toEqual(['timeseries', 'timeseries', 'text']);
  }
});

test.each(FINDINGS.map(({ id, ...finding }) => [id, finding] as const))(
  '%s is shown, and what to do about it',
  (id, finding) => {
    const ofPattern = patterns.panels.filter(({ title }) => title.startsWith(`${finding.pattern}: `));
    const text = ofPattern.find(({ type }) => type === 'text')?.options?.content ?? '';
    expect(text).toContain(`**${id}**: ${finding.title}. ${finding.advice}`);
    if (id === 'replay-incompatible') {
      // Found before a deploy, by a command that has no metrics.
      expect(text).toContain('temporal-agent-observability replay-check');
      return;
    }
    expect(text).toContain(`temporal-agent-observability findings --id ${id} --since 1h`);
    const shown = ofPattern
      .flatMap(({ targets = [] }) => targets.flatMap(({ expr }) => parsed(expr).selectors))
      .flatMap(({ matchers }) => matchers.filter(({ label }) => label === 'finding'))
      .flatMap(({ value }) => value.split('|'));
    expect(shown).toContain(id);
  },
);

test('texts name alerts that there are, and hold nothing that Grafana would fill in', () => {
  const texts = PANELS.filter(({ panel }) => panel.type === 'text');
  expect(texts.length).toBeGreaterThan(10);
  for (const { panel } of texts) {
    const { content = '' } = panel.options ?? {};
    expect(content).not.toContain('$');
    for (const [alert] of content.matchAll(/\bTemporalAgent\w+/g)) expect([...ALERTS.names]).toContain(alert);
  }
});

test('the figures of limits and alerts are those of the definitions', () => {
  const limits = (title: RegExp) =>
    PANELS.find(({ panel }) => title.test(panel.title))?.panel.fieldConfig?.defaults.thresholds?.steps.map(
      ({ value }) => value,
    );
  expect(limits(/^9: payloads/)).toEqual([null, 512 * 1024, 2 * 1024 * 1024]);
  expect(limits(/^Failing, share/)).toEqual([null, 0.2]);
});

test('metrics of calls with a trace show it', () => {
  const histograms = Object.values<MetricDefinition>(METRICS).filter(({ name }) =>
    /(llm|tool)_call_duration/.test(name),
  );
  for (const { name } of histograms)
    expect(JSON.stringify([...DASHBOARDS])).toMatch(new RegExp(`${name}_bucket.*?"exemplar":true`));
});

function overlap(a: Panel, b: Panel): boolean {
  const apart = (from: number, length: number, other: number, otherLength: number) =>
    from + length <= other || other + otherLength <= from;
  return !(
    apart(a.gridPos.x, a.gridPos.w, b.gridPos.x, b.gridPos.w) ||
    apart(a.gridPos.y, a.gridPos.h, b.gridPos.y, b.gridPos.h)
  );
}

test('the commands that panels name exist', () => {
  const texts = PANELS.flatMap(({ panel: { description = '', options } }) => [description, options?.content ?? '']);
  const commands = texts.flatMap(commandsIn);
  expect(commands.length).toBeGreaterThan(30);
  for (const command of commands) checkCommand(command);
});
