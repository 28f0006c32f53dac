import type { Series, TimeRange } from '../prometheus-api';
import type { Query } from './shipped-dashboards';

/** A reader tells no more lines of a graph apart, and reads no more rows of a table. */
const MOST_SERIES = 50;

/** What is due later than this was not computed right. */
const DUE_WITHIN_SECONDS = 30 * 24 * 3600;

/** Of rounding. */
const TOLERANCE = 1e-9;

/** What is wrong with the series that a query of a panel returns. */
export function nonsense({ panel, target }: Query, series: readonly Series[], { from, to }: TimeRange): string[] {
  const problems: string[] = [];
  const shown = target.instant === true ? mostAtOnce(series) : series.length;
  if (shown > MOST_SERIES) problems.push(`returns ${shown} series`);
  if (panel.type === 'stat' && series.length > 1) problems.push(`is one number, and returns ${series.length}`);

  if (panel.type !== 'table') {
    const named = [...target.legendFormat.matchAll(/\{\{(\w+)\}\}/g)].map(([, label = '']) => label);
    const missing = named.filter((label) => series.some(({ metric }) => metric[label] === undefined));
    if (missing.length > 0) problems.push(`is named by ${missing.join()}, which some of its series have not`);
  }

  const values = series.flatMap(numbers);
  const infinite = values.filter((value) => !Number.isFinite(value));
  if (infinite.length > 0) problems.push(`returns ${infinite[0]}`);
  const {
    unit,
    min = 0,
    max = unit === 'percentunit' ? 1 : Number.POSITIVE_INFINITY,
  } = panel.fieldConfig?.defaults ?? {};
  const [lowest, highest] =
    unit === 'dateTimeFromNow' ? [(from - DUE_WITHIN_SECONDS) * 1000, (to + DUE_WITHIN_SECONDS) * 1000] : [min, max];
  const outside = values.find((value) => value < lowest - TOLERANCE || value > highest + TOLERANCE);
  if (outside !== undefined) problems.push(`returns ${outside}, where ${lowest} to ${highest} is expected`);
  return problems;
}

/** Whether Grafana shows something. */
export function hasData(series: readonly Series[]): boolean {
  return series.some((each) => numbers(each).length > 0);
}

/** Whether it shows nothing but zeros. */
export function isZero(series: readonly Series[]): boolean {
  const all = series.flatMap(numbers);
  return all.length > 0 && all.every((value) => value === 0);
}

/** A table of what is now has no row of what was before. */
function mostAtOnce(series: readonly Series[]): number {
  const counts = new Map<number, number>();
  for (const { values } of series) {
    for (const [time] of values) counts.set(time, (counts.get(time) ?? 0) + 1);
  }
  return Math.max(0, ...counts.values());
}

/** What is not a number is a gap, for Grafana. */
function numbers({ values }: Series): number[] {
  return values.map(([, value]) => Number(value.replace('Inf', 'Infinity'))).filter((value) => !Number.isNaN(value));
}
