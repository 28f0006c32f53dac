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

export interface DashboardSpec {
  readonly name: DashboardName;
  readonly title: string;
  readonly description: string;
  /** Whether models can be chosen. */
  readonly models?: boolean;
  readonly rows: readonly Row[];
}

export function dashboard({ name, title, description, models = false, rows }: DashboardSpec): Dashboard {
  const builder = new DashboardBuilder(title)
    .uid(dashboardUid(name))
    .description(description)
    .tags([TAG])
    .readonly()
    .tooltip(DashboardCursorSync.Crosshair)
    .time({ from: 'now-6h', to: 'now' })
    .refresh('1m')
    .link(
      new DashboardLinkBuilder('Agents')
        .type(DashboardLinkType.Dashboards)
        .tags([TAG])
        .asDropdown(true)
        .includeVars(true)
        .keepTime(true),
    )
    .withVariable(new DatasourceVariableBuilder('datasource').label('Data source').type('prometheus'))
    .withVariable(labelValues('job', 'Job', ['buildInfo']))
    .withVariable(labelValues('temporal_namespace', 'Temporal namespace', ['buildInfo']))
    .withVariable(labelValues('task_type', 'Task type', ['workflowsRunning', 'llmCallDuration', 'findings']));
  if (models) builder.withVariable(labelValues('model', 'Model', ['llmCallDuration']));
  builder.withVariable(
    new TextBoxVariableBuilder('temporal_ui').label('Temporal UI').defaultValue('http://localhost:8233'),
  );
  for (const { title, panels } of rows) {
    builder.withRow(new RowBuilder(title));
    for (const panel of panels) builder.withPanel(panel());
  }
  return builder.build();
}

/** Values that a label has in any of several metrics. */
function labelValues(label: string, title: string, keys: readonly MetricKey[]): QueryVariableBuilder {
  const names = keys.flatMap((key) => {
    const { name, type } = METRICS[key];
    return type === 'histogram' ? [`${name}_count`] : [name];
  });
  const selector = names.length === 1 ? names[0] : `{__name__=~"${names.join('|')}"}`;
  return new QueryVariableBuilder(label)
    .label(title)
    .datasource(DATASOURCE)
    .query(`label_values(${selector}, ${label})`)
    .refresh(VariableRefresh.OnTimeRangeChanged)
    .sort(VariableSort.AlphabeticalAsc)
    .multi(true)
    .includeAll(true)
    .allValue('.+')
    .current({ selected: true, text: ['All'], value: ['$__all'] });
}

/** Link into Temporal's UI that lists the runs of a query, in visibility's language. */
export function temporalUiQuery(query: string): string {
  // Grafana fills in variables and labels, so that only what is between them is encoded.
  const encoded = query.replace(/[^$]+|\$\{[^}]+\}/g, (part) =>
    part.startsWith('${') ? part : encodeURIComponent(part),
  );
  return `\${temporal_ui}/namespaces/\${__field.labels.temporal_namespace}/workflows?query=${encoded}`;
}
