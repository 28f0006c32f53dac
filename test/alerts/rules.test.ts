import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { alertFiles } from '#lib/cli/render/write-files';
import { METRICS } from '#lib/definitions/metrics';
import { PATTERNS } from '#lib/definitions/patterns';
import { inhibitRules, inhibitText } from '#lib/rules/inhibit-rules';
import { isAlert } from '#lib/rules/rule';
import { DEFAULT_RULE_CONFIG } from '#lib/rules/rule-config';
import { ruleGroups } from '#lib/rules/rule-groups';
import { ensurePrometheusTool } from '../../scripts/prometheus-tools.mjs';
import { ALERTS, CONFIG, succeeds, withFolder } from './support';

const FOLDER = 'alerts';
const SHIPPED = readdirSync(FOLDER).filter((name) => name.endsWith('.yml'));
const RULES = ruleGroups(CONFIG).flatMap(({ rules }) => rules);

/** An expression with the recorded ones that it uses. */
function expanded(expr: string): string {
  return RULES.reduce((text, rule) => (isAlert(rule) ? text : text.replaceAll(rule.record, rule.expr)), expr);
}

test('what is shipped is what the definitions make', () => {
  const shipped = SHIPPED.map((name) => [name, readFileSync(path.join(FOLDER, name), 'utf8')]);
  expect(Object.fromEntries(shipped)).toEqual(Object.fromEntries(alertFiles(DEFAULT_RULE_CONFIG)));
});

test('promtool accepts every rule file, with and without budgets', async () => {
  const promtool = await ensurePrometheusTool('promtool');
  await withFolder(async (folder) => {
    const files = [...alertFiles(CONFIG)].filter(([name]) => name.endsWith('.rules.yml'));
    for (const [name, text] of files) writeFileSync(path.join(folder, name), text);
    const shipped = SHIPPED.filter((name) => name.endsWith('.rules.yml'));
    const paths = [
      ...files.map(([name]) => path.join(folder, name)),
      ...shipped.map((name) => path.join(FOLDER, name)),
    ];
    await expect(succeeds(promtool, ['check', 'rules', '--lint=all', '--lint-fatal', ...paths])).resolves.toContain(
      'SUCCESS',
    );
  });
});

test('every failure pattern has an alert', () => {
  const numbers = new Set(ALERTS.map(({ pattern }) => String(pattern)));
  expect(Object.keys(PATTERNS).filter((number) => !numbers.has(number))).toEqual([]);
});

test('names are unique and say whose alerts they are', () => {
  const names = ALERTS.map(({ alert }) => alert);
  expect(new Set(names).size).toBe(names.length);
  for (const name of names) expect(name).toMatch(/^TemporalAgent([A-Z][a-z]+)+$/);
});

describe.each(ALERTS)('$alert', ({ alert, expr, summary, description, command, query, variables, ...rule }) => {
  test('has a summary without variables, and a description with them', () => {
    expect(summary).not.toContain('{{');
    expect(description).toMatch(/[.`]$/);
    if (variables.length > 0) expect(description).toContain('{{ $labels.');
  });

  test('uses labels that its expression keeps', () => {
    const used = [description, command, query ?? ''].join().matchAll(/\$labels\.(\w+)/g);
    const kept = [...expanded(expr).matchAll(/ by \(([^)]*)\)/g)].flatMap(([, labels = '']) => labels.split(', '));
    for (const [, label] of used) expect(kept).toContain(label);
    for (const label of variables) expect(kept).toContain(label);
  });

  test('says for how long, unless the condition has a duration of its own', () => {
    // What looks at a moment needs at least two scrapes; what looks at a window, or at a time that is past, does not.
    const hasOwn =
      expr.includes('increase(') ||
      alert === 'TemporalAgentApprovalOverdue' ||
      alert === 'TemporalAgentApprovalEscalated';
    if (!hasOwn) expect(rule.forSeconds).toBeGreaterThanOrEqual(60);
    if (expr.includes('absent(')) expect(rule.forSeconds).toBeGreaterThanOrEqual(120);
  });

  test('compares, and counts neither replicas nor scrapes', () => {
    expect(expr).toMatch(/ (>|==) |absent\(/);
    expect(expr).not.toMatch(/\btopk\b|\bavg\b/);
    // Prometheus 3 writes bounds of buckets in another way.
    expect(expr).not.toMatch(/\ble="/);
  });
});

test('no label has a value, for each change of it would be another alert', () => {
  for (const [name, text] of alertFiles(CONFIG)) {
    for (const [, labels = ''] of text.matchAll(/^ {8}labels:\n((?: {10}.*\n)+)/gm))
      expect([name, labels]).toEqual([name, expect.not.stringContaining('{{')]);
  }
});

test('every metric of ours that a rule names is defined', () => {
  const defined = Object.values(METRICS).flatMap(({ name, type }) =>
    type === 'histogram' ? [`${name}_bucket`, `${name}_count`, `${name}_sum`] : [name],
  );
  const recorded = RULES.flatMap((rule) => (isAlert(rule) ? [] : [rule.record]));
  for (const { expr } of RULES) {
    const withoutRecorded = recorded.reduce((text, name) => text.replaceAll(name, ''), expr);
    for (const [name] of withoutRecorded.matchAll(/temporal_agent_\w+/g)) expect(defined).toContain(name);
  }
});

describe('inhibition', () => {
  test('speaks of alerts that exist', () => {
    const names = ALERTS.map(({ alert }) => alert);
    const named = inhibitRules(CONFIG).flatMap(({ source_matchers, target_matchers }) => [
      ...source_matchers,
      ...target_matchers,
    ]);
    for (const matcher of named) {
      for (const [name] of matcher.matchAll(/TemporalAgent\w+/g)) expect(names).toContain(name);
    }
  });

  test('compares labels that both alerts have', () => {
    const labelsOf = (matchers: readonly string[]) =>
      ALERTS.filter(({ alert }) => matchers.join().includes(alert)).map(
        ({ expr }) => / by \(([^)]*)\)/.exec(expr)?.[1]?.split(', ') ?? [],
      );
    for (const { source_matchers, target_matchers, equal = [] } of inhibitRules(CONFIG)) {
      for (const labels of [...labelsOf(source_matchers), ...labelsOf(target_matchers)]) {
        expect(labels).toEqual(expect.arrayContaining([...equal]));
      }
      if (equal.length === 0) expect(labelsOf(source_matchers).flat()).toEqual(['job']);
    }
  });

  test('is accepted by Alertmanager', async () => {
    const amtool = await ensurePrometheusTool('amtool');
    await withFolder(async (folder) => {
      const file = path.join(folder, 'alertmanager.yml');
      const rest = { route: { receiver: 'nobody' }, receivers: [{ name: 'nobody' }] };
      writeFileSync(file, stringify(rest) + inhibitText(CONFIG));
      await expect(succeeds(amtool, ['check-config', file])).resolves.toContain('6 inhibit rules');
    });
  });
});
