import { PATTERNS, type PatternNumber } from '#lib/definitions/patterns';
import { alertsOfDashboard, alertsOfPattern, alertTable } from './alerts';
import { countedFindingsOf, cure } from './cures';
import type { DashboardSpec, Row } from './dashboard';
import { ofRow, ofSeries, runsOfWorkflowType } from './links';
import { type PanelMaker, table, text, timeseries } from './panels';
import { growth, metric, sumBy, unitOf } from './queries';
import { SIGNALS } from './signals';

const HEIGHT = 10;
const NUMBERS = Object.keys(PATTERNS).map(Number) as PatternNumber[];

const BY_RUN = ['temporal_namespace', 'severity', 'finding', 'workflow_type', 'task_type'] as const;

/** The eleven failure patterns, from signal to cure. */
export const FAILURE_PATTERNS: DashboardSpec = {
  name: 'patterns',
  title: 'Temporal agents / Failure patterns',
  description:
    'The eleven patterns by which agents fail in production: what was found, the metric that shows it, and what to do about it.',
  choices: ['task_type', 'model'],
  rows: [
    {
      title: 'Now',
      panels: [
        alertTable({ names: patternAlerts(), about: ['task_type', 'workflow_type', 'finding'], width: 12 }),
        table({
          title: 'Findings',
          description:
            'What was found in the time shown, by type of workflow. A finding is counted once for each run, cause and worker process. A click leads to the runs of the type; the command `findings` names those that are affected.',
          unit: unitOf('findings'),
          decimals: 0,
          width: 12,
          columns: [...BY_RUN],
          queries: [{ expr: `${sumBy(BY_RUN, growth(metric('findings'), '$__range'))} > 0`, legend: 'findings' }],
          noValue: 'Nothing was found in this time',
          links: [runsOfWorkflowType(ofRow)],
        }),
      ],
    },
    ...NUMBERS.map(patternRow),
  ],
};

/** Alerts that are about a pattern, and those that lead here. */
function patternAlerts(): readonly string[] {
  const ofPatterns = NUMBERS.flatMap((number) => alertsOfPattern(number).map(({ alert }) => alert));
  return [...new Set([...ofPatterns, ...alertsOfDashboard('patterns')])];
}

function patternRow(number: PatternNumber): Row {
  const name = PATTERNS[number];
  return {
    title: `${number}: ${name}`,
    panels: [
      found(number),
      timeseries({ ...SIGNALS[number], width: 8, height: HEIGHT }),
      text({
        title: `${number}: what to do`,
        description: `Findings of the pattern "${name}", the cure of each, and the commands that list the runs.`,
        width: 8,
        height: HEIGHT,
        markdown: cure(number),
      }),
    ],
  };
}

function found(number: PatternNumber): PanelMaker {
  const ids = countedFindingsOf(number);
  return timeseries({
    title: `${number}: found`,
    description: `Findings of the pattern "${PATTERNS[number]}": ${ids.join(', ')}. Each is counted once for a run, a cause and a worker process.`,
    unit: unitOf('findings'),
    width: 8,
    height: HEIGHT,
    thresholds: { warning: 1 },
    queries: [
      {
        expr: sumBy(
          ['temporal_namespace', 'finding', 'workflow_type'],
          growth(metric('findings', [`finding=~"${ids.join('|')}"`])),
        ),
        legend: '{{temporal_namespace}} {{finding}} {{workflow_type}}',
      },
    ],
    noValue: 'Not found in this time',
    links: [runsOfWorkflowType(ofSeries)],
  });
}
