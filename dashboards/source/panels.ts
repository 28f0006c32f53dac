/**
 * Panels: each says what it shows, in which unit, and what it means that there is nothing to show.
 *
 * @module
 */

import type * as cog from '@grafana/grafana-foundation-sdk/cog';
import {
  GraphThresholdsStyleConfigBuilder,
  GraphThresholdsStyleMode,
  LegendDisplayMode,
  LegendPlacement,
  ReduceDataOptionsBuilder,
  SortOrder,
  TooltipDisplayMode,
  VizLegendOptionsBuilder,
  VizTooltipOptionsBuilder,
} from '@grafana/grafana-foundation-sdk/common';
import {
  DashboardLinkBuilder,
  DashboardLinkType,
  type Panel,
  type Threshold,
  ThresholdsConfigBuilder,
  ThresholdsMode,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { DataqueryBuilder, PromQueryFormat } from '@grafana/grafana-foundation-sdk/prometheus';
import { PanelBuilder as StatBuilder } from '@grafana/grafana-foundation-sdk/stat';
import { PanelBuilder as TableBuilder } from '@grafana/grafana-foundation-sdk/table';
import { PanelBuilder as TimeseriesBuilder } from '@grafana/grafana-foundation-sdk/timeseries';

/** Data source of every panel: what the variable `datasource` is set to. */
export const DATASOURCE = { type: 'prometheus', uid: '${datasource}' };

/** Columns of a dashboard. */
export const COLUMNS = 24;

export interface Query {
  readonly expr: string;
  /** Name of its series, with labels as `{{label}}`. */
  readonly legend: string;
  /** Shows exemplars, which lead to traces. */
  readonly exemplars?: boolean;
}

export interface PanelSpec {
  readonly title: string;
  /** What it shows and how to read it. */
  readonly description: string;
  /** Unit by Grafana's name: `short`, `s`, `bytes`, `percentunit`, `currencyUSD`, `dateTimeFromNow` ... */
  readonly unit: string;
  readonly queries: readonly Query[];
  /** What it means that there is nothing. */
  readonly noValue: string;
  /** From which value on it is orange, and from which on red. */
  readonly thresholds?: { readonly warning?: number; readonly critical?: number };
  /** Of {@link COLUMNS}. */
  readonly width: number;
  readonly height?: number;
  /** Where a series leads to; may use `${__field.labels.task_type}` and variables. */
  readonly links?: readonly { readonly title: string; readonly url: string }[];
}

export type PanelMaker = () => cog.Builder<Panel>;

/** Values over time. */
export function timeseries(spec: PanelSpec): PanelMaker {
  return () => {
    const panel = new TimeseriesBuilder()
      .lineWidth(1)
      .fillOpacity(8)
      .min(0)
      .legend(
        new VizLegendOptionsBuilder()
          .showLegend(true)
          .displayMode(LegendDisplayMode.List)
          .placement(LegendPlacement.Bottom),
      )
      .tooltip(new VizTooltipOptionsBuilder().mode(TooltipDisplayMode.Multi).sort(SortOrder.Descending));
    if (spec.thresholds !== undefined) {
      panel.thresholdsStyle(new GraphThresholdsStyleConfigBuilder().mode(GraphThresholdsStyleMode.Line));
    }
    for (const query of queries(spec)) panel.withTarget(query);
    return common(panel, spec);
  };
}

/** The values of now, large. */
export function stat(spec: PanelSpec): PanelMaker {
  return () => {
    const panel = new StatBuilder().reduceOptions(new ReduceDataOptionsBuilder().calcs(['lastNotNull']).values(false));
    for (const query of queries(spec)) panel.withTarget(query);
    return common(panel, { height: 4, ...spec });
  };
}

/** The series of now as rows, with their labels as columns. */
export function table(spec: PanelSpec & { readonly hide?: readonly string[] }): PanelMaker {
  return () => {
    const panel = new TableBuilder().filterable(true);
    for (const query of queries(spec)) panel.withTarget(query.instant().format(PromQueryFormat.Table));
    panel.withTransformation({
      id: 'organize',
      options: { excludeByName: Object.fromEntries(['Time', ...(spec.hide ?? [])].map((name) => [name, true])) },
    });
    return common(panel, spec);
  };
}

function queries({ queries }: PanelSpec): DataqueryBuilder[] {
  return queries.map(({ expr, legend, exemplars }, i) => {
    const query = new DataqueryBuilder()
      .refId(String.fromCharCode(65 + i))
      .expr(expr)
      .legendFormat(legend);
    query.datasource(DATASOURCE);
    return exemplars === true ? query.exemplar(true) : query;
  });
}

type AnyPanel = TimeseriesBuilder | StatBuilder | TableBuilder;

function common(panel: AnyPanel, spec: PanelSpec): cog.Builder<Panel> {
  const { title, description, unit, noValue, thresholds, width, height = 8, links = [] } = spec;
  return panel
    .title(title)
    .description(description)
    .datasource(DATASOURCE)
    .unit(unit)
    .noValue(noValue)
    .interval('1m')
    .span(width)
    .height(height)
    .thresholds(new ThresholdsConfigBuilder().mode(ThresholdsMode.Absolute).steps(steps(thresholds)))
    .dataLinks(
      links.map(({ title, url }) =>
        new DashboardLinkBuilder(title).type(DashboardLinkType.Link).url(url).targetBlank(true),
      ),
    );
}

function steps({ warning, critical }: NonNullable<PanelSpec['thresholds']> = {}): Threshold[] {
  return [
    { value: null, color: 'green' },
    ...(warning === undefined ? [] : [{ value: warning, color: 'orange' }]),
    ...(critical === undefined ? [] : [{ value: critical, color: 'red' }]),
  ];
}
