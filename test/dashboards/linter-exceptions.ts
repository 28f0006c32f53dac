/**
 * Where the dashboards depart from a rule of Grafana's dashboard linter, and why.
 *
 * @module
 */

import type { Query } from '../../examples/monitoring/panels/shipped-dashboards';

interface Exception {
  readonly rule: string;
  readonly reason: string;
  readonly covers: (query: Query) => boolean;
}

/** Rules that hold for no dashboard. */
export const RULES_LEFT_OUT: Readonly<Record<string, string>> = {
  'template-instance-rule': 'these are overviews of a fleet, whose agents move between instances',
  'target-instance-rule': 'these are overviews of a fleet, whose agents move between instances',
  'target-logql-rule': 'no panel asks Loki',
  'target-logql-auto-rule': 'no panel asks Loki',
};

/** Queries that a rule does not hold for. */
export const EXCEPTIONS: readonly Exception[] = [
  {
    rule: 'target-job-rule',
    reason: 'alerts are grouped by what they are about, so that most have no job',
    covers: ({ target }) => target.expr.includes('(ALERTS{'),
  },
  {
    rule: 'target-counter-agg-rule',
    reason: 'a counter that appears at 1 has not increased: what it began with is added to what it grew by',
    covers: ({ target }) =>
      /\+ \(min_over_time\((\w+)\{[^{}]*\}\[[^\]]+\]\) unless last_over_time\(\1\{/.test(target.expr),
  },
];

export function isExcepted(rule: string, query: Query): boolean {
  return EXCEPTIONS.some((exception) => exception.rule === rule && exception.covers(query));
}
