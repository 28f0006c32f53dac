/**
 * What every dashboard has: variables, links to the others, rows.
 *
 * @module
 */

import {
  type Dashboard,
  DashboardBuilder,
  DashboardCursorSync,
  DashboardLinkBuilder,
  DashboardLinkType,
  DatasourceVariableBuilder,
  QueryVariableBuilder,
  RowBuilder,
  TextBoxVariableBuilder,
  VariableRefresh,
  VariableSort,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { METRICS, type MetricKey } from '#lib/definitions/metrics';
import type { DashboardName } from '#lib/rules/rule';
import { dashboardUid } from '#lib/rules/rule-text';
import { DATASOURCE, type PanelMaker } from './panels';

/** By which the dashboards of the package find each other. */
const TAG = 'temporal-agent-observability';

export interface Row {
  readonly title: string;
  readonly panels: readonly PanelMaker[];
}

/** Labels that can be chosen where a dashboard has something to filter by them. */
const CHOICES = {
  task_type: { title: 'Task type', keys: ['workflowsRunning', 'llmCallDuration', 'findings'] },
  model: { title: 'Model', keys: ['llmCallDuration'] },
} as const satisfies Readonly<Record<string, { title: string; keys: readonly MetricKey[] }>>;

export interface DashboardSpec {
  readonly name: DashboardName;
  readonly title: string;
  readonly description: string;
  /** What can be chosen beside data source, job and namespace. */
  readonly choices: readonly (keyof typeof CHOICES)[];
  readonly rows: readonly Row[];
}

export function dashboard({ name, title, description, choices, rows }: DashboardSpec): Dashboard {
  const builder = new DashboardBuilder(title)
    .uid(dashboardUid(name))
    .description(description)
    .tags([TAG])
    .readonly()
    .tooltip(DashboardCursorSync.Crosshair)
    .time({ from: 'now-6h', to: 'now' })
    .refresh('1m')
    .link(
      new DashboardLinkBuilder('Temporal agents')
        .type(DashboardLinkType.Dashboards)
        .tooltip('The other dashboards of the agents, for the same time and the same choices')
        .tags([TAG])
        .asDropdown(true)
        .includeVars(true)
        .keepTime(true),
    )
    .withVariable(new DatasourceVariableBuilder('datasource').label('Data source').type('prometheus'))
    .withVariable(labelValues('job', 'Job', ['buildInfo']).allValue('.+'))
    .withVariable(labelValues('temporal_namespace', 'Temporal namespace', ['buildInfo']));
  for (const choice of choices) builder.withVariable(labelValues(choice, CHOICES[choice].title, CHOICES[choice].keys));
  builder.withVariable(
    new TextBoxVariableBuilder('temporal_ui').label('Temporal UI').defaultValue('http://localhost:8233'),
  );
  for (const { title, panels } of rows) {
    builder.withRow(new RowBuilder(title));
    for (const panel of panels) builder.withPanel(panel());
  }
  return finished(builder.build());
}

/** What the builder leaves out, or puts where it is not seen. */
function finished(dashboard: Dashboard): Dashboard {
  return {
    ...dashboard,
    annotations: { list: [] },
    // Links stand above the panels, as the builder has no word for it.
    links: dashboard.links?.map(({ placement: _, ...link }) => link) ?? [],
    // Links to a panel name it by its id.
    panels: dashboard.panels?.map((panel, i) => ({ ...panel, id: i + 1 })) ?? [],
  };
}

/** Values that a label has in any of several metrics, as far as what is chosen before it goes. */
function labelValues(label: string, title: string, keys: readonly MetricKey[]): QueryVariableBuilder {
  const names = keys.map((key) => `${METRICS[key].name}${METRICS[key].type === 'histogram' ? '_count' : ''}`);
  const chosen = [
    ...(label === 'job' ? [] : ['job=~"$job"']),
    ...(label in CHOICES ? ['temporal_namespace=~"$temporal_namespace"'] : []),
  ];
  const [name, named] = names.length === 1 ? [names[0], []] : ['', [`__name__=~"${names.join('|')}"`]];
  return (
    new QueryVariableBuilder(label)
      .label(title)
      .datasource(DATASOURCE)
      .query(`label_values(${name}{${[...named, ...chosen].join(', ')}}, ${label})`)
      .refresh(VariableRefresh.OnTimeRangeChanged)
      .sort(VariableSort.AlphabeticalAsc)
      .multi(true)
      .includeAll(true)
      // Also what lacks the label.
      .allValue('.*')
      .current({ selected: true, text: ['All'], value: ['$__all'] })
  );
}
