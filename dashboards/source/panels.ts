/**
 * Panels: each says what it shows, in which unit, and what it means that there is nothing to show.
 *
 * @module
 */

import type * as cog from '@grafana/grafana-foundation-sdk/cog';
import {
  BigValueGraphMode,
  GraphThresholdsStyleConfigBuilder,
  GraphThresholdsStyleMode,
  LegendDisplayMode,
  LegendPlacement,
  ReduceDataOptionsBuilder,
  SortOrder,
  TableCellDisplayMode,
  TooltipDisplayMode,
  VizLegendOptionsBuilder,
  VizTooltipOptionsBuilder,
} from '@grafana/grafana-foundation-sdk/common';
import {
  DashboardLinkBuilder,
  DashboardLinkType,
  MappingType,
  type Panel,
  type Threshold,
  ThresholdsConfigBuilder,
  ThresholdsMode,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { DataqueryBuilder, PromQueryFormat } from '@grafana/grafana-foundation-sdk/prometheus';
import { PanelBuilder as StatBuilder } from '@grafana/grafana-foundation-sdk/stat';
import { PanelBuilder as TableBuilder } from '@grafana/grafana-foundation-sdk/table';
import { PanelBuilder as TextBuilder, TextMode } from '@grafana/grafana-foundation-sdk/text';
import { PanelBuilder as TimeseriesBuilder } from '@grafana/grafana-foundation-sdk/timeseries';
import type { Link } from './links';

/** Data source of every panel: what the variable `datasource` is set to. */
export const DATASOURCE = { type: 'prometheus', uid: '${datasource}' };

export interface Query {
  readonly expr: string;
  /** Name of its series, with labels as `{{label}}`. */
  readonly legend: string;
  /** Shows exemplars, which lead to traces. */
  readonly exemplars?: boolean;
  /** Unit of its column in a table, where it is not that of the panel. */
  readonly unit?: string;
}

export interface PanelSpec {
  readonly title: string;
  /** What it shows and how to read it. */
  readonly description: string;
  /** Unit by Grafana's name: `short`, `s`, `bytes`, `percentunit`, `currencyUSD`, `dateTimeFromNow` ... */
  readonly unit: string;
  readonly decimals?: number;
  readonly queries: readonly Query[];
  /** What it means that there is nothing. */
  readonly noValue: string;
  /** From which value on it is orange, and from which on red. */
  readonly thresholds?: { readonly warning?: number; readonly critical?: number };
  /** Of the 24 columns that a dashboard has. */
  readonly width: number;
  readonly height?: number;
  /** Where a click on a value leads to. */
  readonly links?: readonly Link[];
}

export interface TimeseriesSpec extends PanelSpec {
  /** Largest value that can be, for shares. */
  readonly max?: number;
}

export interface TableSpec extends PanelSpec {
  /** Labels in the order in which they are shown. Values come last, named as their queries. */
  readonly columns: readonly string[];
  /** Whether the labels say it all. */
  readonly hideValues?: boolean;
  /** What stands in a column instead of some of its values. */
  readonly words?: {
    readonly column: string;
    readonly values: Readonly<Record<string, { readonly text?: string; readonly color: string }>>;
  };
}

export type PanelMaker = () => cog.Builder<Panel>;

/** Values over time. */
export function timeseries(spec: TimeseriesSpec): PanelMaker {
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
    if (spec.max !== undefined) panel.max(spec.max);
    if (spec.thresholds !== undefined) {
      panel.thresholdsStyle(new GraphThresholdsStyleConfigBuilder().mode(GraphThresholdsStyleMode.Line));
    }
    for (const query of queries(spec)) panel.withTarget(query);
    return common(panel, spec);
  };
}

/**
 * The value of now, large. It is asked for now alone: the last value of the time shown would stand there for hours after
 * its series is gone, an approval that was decided or an exporter that is down.
 */
export function stat(spec: PanelSpec): PanelMaker {
  return () => {
    const panel = new StatBuilder()
      .graphMode(BigValueGraphMode.None)
      .reduceOptions(new ReduceDataOptionsBuilder().calcs(['lastNotNull']).values(false));
    for (const query of queries(spec)) panel.withTarget(query.instant());
    return common(panel, { height: 4, ...spec });
  };
}

/** The series of now as rows, with their labels as columns; several queries meet where their labels are the same. */
export function table(spec: TableSpec): PanelMaker {
  return () => {
    const panel = new TableBuilder().filterable(true);
    for (const query of queries(spec)) panel.withTarget(query.instant().format(PromQueryFormat.Table));
    const values = spec.queries.map((query, i) => ({
      ...query,
      field: spec.queries.length === 1 ? 'Value' : `Value #${refId(i)}`,
    }));
    if (values.length > 1) panel.withTransformation({ id: 'merge', options: {} });
    panel.withTransformation({
      id: 'organize',
      options: {
        excludeByName: Object.fromEntries(
          ['Time', ...(spec.hideValues === true ? values.map(({ field }) => field) : [])].map((name) => [name, true]),
        ),
        indexByName: Object.fromEntries(
          [...spec.columns, ...values.map(({ field }) => field)].map((name, i) => [name, i]),
        ),
        renameByName: Object.fromEntries(values.map(({ field, legend }) => [field, legend])),
      },
    });
    for (const { legend, unit } of values) {
      if (unit !== undefined) panel.overrideByName(legend, [{ id: 'unit', value: unit }]);
    }
    if (spec.words !== undefined) {
      panel.overrideByName(spec.words.column, [
        { id: 'mappings', value: [{ type: MappingType.ValueToText, options: spec.words.values }] },
        { id: 'custom.cellOptions', value: { type: TableCellDisplayMode.ColorText } },
      ]);
    }
    return common(panel, spec);
  };
}

export interface TextSpec extends Pick<PanelSpec, 'title' | 'description' | 'width' | 'height'> {
  readonly markdown: string;
}

/** What a reader is told. */
export function text({ title, description, width, height = 8, markdown }: TextSpec): PanelMaker {
  return () =>
    new TextBuilder()
      .title(title)
      .description(description)
      .datasource(DATASOURCE)
      .mode(TextMode.Markdown)
      .content(markdown)
      .span(width)
      .height(height);
}

function queries({ queries }: PanelSpec): DataqueryBuilder[] {
  return queries.map(({ expr, legend, exemplars }, i) => {
    const query = new DataqueryBuilder().refId(refId(i)).expr(expr).legendFormat(legend);
    query.datasource(DATASOURCE);
    return exemplars === true ? query.exemplar(true) : query;
  });
}

function refId(i: number): string {
  return String.fromCharCode('A'.charCodeAt(0) + i);
}

type AnyPanel = TimeseriesBuilder | StatBuilder | TableBuilder;

function common(panel: AnyPanel, spec: PanelSpec): cog.Builder<Panel> {
  const { title, description, unit, noValue, thresholds, width, height = 8, links = [] } = spec;
  if (spec.decimals !== undefined) panel.decimals(spec.decimals);
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
