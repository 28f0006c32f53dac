import { mkdirSync } from 'node:fs';
import path from 'node:path';
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
    const rules = ruleGroups(config).flatMap((group) => group.rules);
    this.#isWanted = metricsIn(rules.map(({ expr }) => expr).join('\n'));
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

/** Tells whether a metric is read by an expression, by its name or by one that matches it. */
export function metricsIn(expression: string): (name: string) => boolean {
  const names = new Set(expression.match(/[a-zA-Z_:][\w:]*/g));
  const patterns = [...expression.matchAll(/__name__=~"([^"]*)"/g)].map(([, text]) => new RegExp(`^(?:${text})$`));
  return (name) => names.has(name) || patterns.some((pattern) => pattern.test(name));
}
