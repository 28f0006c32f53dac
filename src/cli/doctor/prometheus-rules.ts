import { isAlert } from '../../rules/rule';
import { DEFAULT_RULE_CONFIG } from '../../rules/rule-config';
import { ruleGroups } from '../../rules/rule-groups';
import { plural } from '../explain/format';
import type { HttpTarget } from './http';
import { type Fields, list, text } from './json';
import type { Part } from './part';
import { askPrometheus } from './prometheus-api';
import { some } from './some';

const LOAD =
  'Put alerts/*.rules.yml of the package under rule_files of prometheus.yml, and reload Prometheus (kill -HUP, or POST /-/reload).';

/** Rules of the package are known by their names, which `render` does not change. */
export async function checkRules(part: Part, target: HttpTarget): Promise<void> {
  const ours = new Set(
    ruleGroups(DEFAULT_RULE_CONFIG).flatMap(({ rules }) =>
      rules.map((rule) => (isAlert(rule) ? rule.alert : rule.record)),
    ),
  );
  const { groups } = await askPrometheus(target, '/api/v1/rules');
  const loaded = list(groups)
    .flatMap(({ rules }) => list(rules))
    .filter(({ name }) => ours.has(text(name)));
  const there = new Set(loaded.map(({ name }) => text(name)));
  const missing = [...ours].filter((name) => !there.has(name));
  if (there.size === 0) part.problem('rules', `none of the ${ours.size} rules of the package is loaded`, LOAD);
  else if (missing.length > 0) {
    part.problem('rules', `${missing.length} of ${ours.size} rules are not loaded: ${some(missing)}`, LOAD);
  } else part.ok('rules', `all ${ours.size} rules are loaded`);
  if (there.size > 0) checkHealth(part, loaded);
}

function checkHealth(part: Part, loaded: readonly Fields[]): void {
  const failing = loaded.filter(({ health }) => health === 'err');
  const waiting = loaded.filter(({ health }) => health === 'unknown');
  if (failing.length > 0) {
    const errors = failing.map(({ name, lastError }) => `${text(name)}: ${text(lastError)}`);
    part.problem(
      'rule-health',
      `${plural(failing.length, 'rule')} cannot be evaluated: ${some(errors)}`,
      'Two targets that give the same series make most of these errors: look for duplicate scrape jobs, or render the rules for your labels.',
    );
  } else if (waiting.length > 0) {
    part.warning(
      'rule-health',
      `${plural(waiting.length, 'rule')} not evaluated yet`,
      'Wait for one evaluation interval.',
    );
  } else {
    const firing = loaded.filter(({ state }) => state === 'firing').map(({ name }) => text(name));
    part.ok(
      'rule-health',
      firing.length === 0 ? 'rules are evaluated; no alert fires' : `rules are evaluated; firing: ${some(firing)}`,
    );
  }
}
