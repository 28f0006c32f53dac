import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { isAlert } from '#lib/rules/rule';
import type { RuleConfig } from '#lib/rules/rule-config';
import { ruleGroups } from '#lib/rules/rule-groups';
import { type RecordedTarget, Recording } from './recording';

/** Writes what rules read of each scenario to a file of its own, where a directory is given. */
export class Recorder {
  readonly #isWanted: (name: string) => boolean;

  constructor(
    private readonly directory: string | undefined,
    config: RuleConfig,
  ) {
    this.#isWanted = metricsOf(config);
    if (directory !== undefined) mkdirSync(directory, { recursive: true });
  }

  get isOn(): boolean {
    return this.directory !== undefined;
  }

  /** @returns `undefined` where nothing is recorded */
  start(scenario: string, namespace: string, targets: readonly RecordedTarget[]): Recording | undefined {
    if (this.directory === undefined) return undefined;
    const file = path.join(this.directory, `${scenario}.yml`);
    return new Recording({ file, scenario, namespace, targets, isWanted: this.#isWanted });
  }
}

/** Whether a metric is named in an expression of the rules, or matched by one that selects by name. */
function metricsOf(config: RuleConfig): (name: string) => boolean {
  const rules = ruleGroups(config).flatMap((group) => group.rules);
  const recorded = new Set(rules.flatMap((rule) => (isAlert(rule) ? [] : [rule.record])));
  const expressions = rules.map(({ expr }) => expr).join('\n');
  const names = new Set(expressions.match(/[a-zA-Z_:][\w:]*/g));
  const patterns = [...expressions.matchAll(/__name__=~"([^"]*)"/g)].map(([, text]) => new RegExp(`^(?:${text})$`));
  return (name) => (names.has(name) && !recorded.has(name)) || patterns.some((pattern) => pattern.test(name));
}
