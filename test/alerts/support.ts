import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { stringify } from 'yaml';
import { METRICS, type MetricKey } from '#lib/definitions/metrics';
import { type AlertRule, isAlert } from '#lib/rules/rule';
import { DEFAULT_RULE_CONFIG, type RuleConfig } from '#lib/rules/rule-config';
import { ruleGroups } from '#lib/rules/rule-groups';
import { ruleFile } from '#lib/rules/rule-text';
import { ensurePrometheusTool } from '../../scripts/prometheus-tools.mjs';

const execute = promisify(execFile);

/** With budgets, without which two of the alerts do not exist. */
export const CONFIG: RuleConfig = {
  ...DEFAULT_RULE_CONFIG,
  thresholds: { ...DEFAULT_RULE_CONFIG.thresholds, tokensPerHour: 1_000_000, costPerHourUsd: 10 },
};

export const ALERTS: readonly AlertRule[] = ruleGroups(CONFIG).flatMap(({ rules }) => rules.filter(isAlert));

export interface Series {
  readonly series: string;
  /** In promtool's notation, one sample a minute: `_` for none, `stale` for a series that went away. */
  readonly values: string;
}

type Labels = Readonly<Record<string, string>>;

/** A series of a metric of ours; a label that the definition does not have is an error. */
export function series(key: MetricKey, labels: Labels, values: string, suffix = ''): Series {
  const { name, labels: known } = METRICS[key];
  for (const label of Object.keys(labels)) {
    if (![...known, 'job', 'instance', 'le'].includes(label)) throw new Error(`${name} has no label ${label}`);
  }
  return written(`${name}${suffix}`, { temporal_namespace: 'agents', ...labels }, values);
}

/** A series of somebody else. */
export function written(name: string, labels: Labels, values: string): Series {
  const all = { job: 'temporal-agent-worker', instance: 'a:9464', ...labels };
  const matchers = Object.entries(all).map(([label, value]) => `${label}=${JSON.stringify(value)}`);
  return { series: `${name}{${matchers.join(', ')}}`, values };
}

/** Numbers of instances of an alert that fire, by the time since the first sample. */
export type Firing = Readonly<Record<string, number>>;

export async function expectFiring(alert: string, input: readonly Series[], firing: Firing, config = CONFIG) {
  await promtoolTest(
    {
      input_series: input,
      promql_expr_test: Object.entries(firing).map(([eval_time, value]) => ({
        expr: `count(ALERTS{alertname="${alert}", alertstate="firing"}) or vector(0)`,
        eval_time,
        exp_samples: [{ labels: '{}', value }],
      })),
    },
    alert,
    config,
  );
}

/** A query, and exactly what it gives. */
export interface AlertTest {
  readonly expr: string;
  readonly eval_time: string;
  readonly exp_samples: readonly { readonly labels: string; readonly value: number }[];
}

/** Runs tests of promtool against all rules, with a sample and an evaluation each interval; rejects with what it says. */
export async function promtoolTests(content: object, config: RuleConfig, interval: string): Promise<void> {
  await runPromtool(ruleFile(ruleGroups(config), config), { interval, ...content }, interval);
}

/** Runs one test of promtool; rejects with what it says. Rules of other alerts are left out, for each takes its time. */
export async function promtoolTest(content: object, alert: string, config: RuleConfig = CONFIG): Promise<void> {
  const groups = ruleGroups(config).flatMap(({ name, rules }) =>
    rules.some((rule) => isAlert(rule) && rule.alert === alert)
      ? [{ name, rules: rules.filter((rule) => !isAlert(rule) || rule.alert === alert) }]
      : [],
  );
  await runPromtool(ruleFile(groups, config), { interval: '1m', ...content }, '1m');
}

async function runPromtool(rules: object, content: object, evaluation_interval: string): Promise<void> {
  const promtool = await ensurePrometheusTool('promtool');
  await withFolder(async (folder) => {
    writeFileSync(path.join(folder, 'rules.yml'), stringify(rules));
    const file = path.join(folder, 'test.yml');
    writeFileSync(file, stringify({ rule_files: ['rules.yml'], evaluation_interval, tests: [content] }));
    await succeeds(promtool, ['test', 'rules', file]);
  });
}

export async function withFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(path.join(tmpdir(), 'alerts-'));
  try {
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Output of a program; rejects with it when the program fails. */
export async function succeeds(program: string, args: readonly string[]): Promise<string> {
  try {
    const { stdout, stderr } = await execute(program, args);
    return stdout + stderr;
  } catch (error) {
    const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string };
    throw new Error(stdout + stderr || String(error));
  }
}
