import { METRIC_LABEL_VALUES_MAX, METRIC_SERIES_MAX } from '../definitions/limits';
import { cleanLabelValue } from './label-value';

/** Takes the place of label values beyond a cap. */
const OVERFLOW = 'other';

export type LabelSet = Readonly<Record<string, string>>;

/** One label set of a metric and what was counted under it. */
export interface Series<Cell> {
  readonly labels: LabelSet;
  readonly cell: Cell;
}

interface Label {
  readonly name: string;
  readonly seen: Set<string>;
}

/** Label values of series, one level for each label; a string's own hash is kept by the engine, that of a key is not. */
interface Branch<Cell> extends Map<unknown, Branch<Cell> | Series<Cell>> {}

/** The series of one metric. Bounded, for a label can take values that come from outside. */
export class SeriesTable<Cell> {
  readonly #labels: readonly Label[];
  readonly #createCell: () => Cell;
  readonly #root: Branch<Cell> = new Map();
  readonly #series: Series<Cell>[] = [];
  /** Callers give the same object for the same labels in a row, as most calls of a worker have the same. */
  #latest: { readonly first: string; readonly labels: LabelSet; readonly cell: Cell } | undefined;

  /** @param names - labels of the metric; combinations beyond the cap keep the value of the first */
  constructor(names: readonly string[], createCell: () => Cell) {
    this.#labels = names.map((name) => ({ name, seen: new Set() }));
    this.#createCell = createCell;
  }

  /**
   * The cell of a label set.
   *
   * @param first - value of the first label
   * @param labels - values of the others
   * @param onOverflow - told how many values were replaced by `other`, when any was
   */
  cell(first: string, labels: LabelSet, onOverflow: (values: number) => void): Cell {
    const latest = this.#latest;
    if (latest !== undefined && latest.labels === labels && latest.first === first) {
      return latest.cell;
    }
    // Only clean values are stored, so values that are found need no cleaning.
    const found = this.#find(first, labels);
    if (found === undefined) {
      return this.#admit(first, labels, onOverflow).cell;
    }
    this.#latest = { first, labels, cell: found.cell };
    return found.cell;
  }

  all(): readonly Series<Cell>[] {
    return this.#series;
  }

  clear(): void {
    this.#latest = undefined;
    this.#root.clear();
    this.#series.length = 0;
    for (const { seen } of this.#labels) {
      seen.clear();
    }
  }

  /** Removes every series whose first label has this value; values of the others no longer count towards their caps. */
  removeAll(first: string): void {
    const value = cleanLabelValue(first);
    const [firstLabel, ...others] = this.#labels;
    const kept = this.#series.filter(({ labels }) => labels[firstLabel?.name ?? ''] !== value);
    this.#latest = undefined;
    this.#root.delete(value);
    this.#series.splice(0, this.#series.length, ...kept);
    for (const { name, seen } of others) {
      seen.clear();
      for (const { labels } of kept) seen.add(labels[name] ?? OVERFLOW);
    }
  }

  #find(first: string, labels: LabelSet): Series<Cell> | undefined {
    let found = this.#root.get(first);
    for (let level = 1; level < this.#labels.length; level++) {
      if (!(found instanceof Map)) {
        return undefined;
      }
      found = found.get(labels[this.#labels[level]?.name ?? '']);
    }
    return found instanceof Map ? undefined : found;
  }

  #admit(first: string, labels: LabelSet, onOverflow: (values: number) => void): Series<Cell> {
    const wanted = this.#labels.map(({ name }, level) => cleanLabelValue(level === 0 ? first : labels[name]));
    let values = this.#labels.map((label, level) => capped(label, wanted[level] ?? OVERFLOW));
    let series = this.#findAll(values);
    if (series === undefined && this.#series.length >= METRIC_SERIES_MAX) {
      values = values.map((value, level) => (level === 0 ? value : OVERFLOW));
      series = this.#findAll(values);
    }
    const replaced = wanted.filter((value, level) => value !== values[level]).length;
    if (replaced > 0) {
      onOverflow(replaced);
    }
    return series ?? this.#add(values);
  }

  #findAll(values: readonly string[]): Series<Cell> | undefined {
    return this.#find(values[0] ?? OVERFLOW, this.#labelSet(values));
  }

  #labelSet(values: readonly string[]): LabelSet {
    return Object.fromEntries(this.#labels.map(({ name }, level) => [name, values[level] ?? OVERFLOW]));
  }

  #add(values: readonly string[]): Series<Cell> {
    const series = { labels: this.#labelSet(values), cell: this.#createCell() };
    this.#series.push(series);
    let branch = this.#root;
    values.forEach((value, level) => {
      this.#labels[level]?.seen.add(value);
      if (level === values.length - 1) {
        branch.set(value, series);
        return;
      }
      const next = branch.get(value);
      const deeper: Branch<Cell> = next instanceof Map ? next : new Map();
      branch.set(value, deeper);
      branch = deeper;
    });
    return series;
  }
}

function capped({ seen }: Label, value: string): string {
  return seen.has(value) || seen.size < METRIC_LABEL_VALUES_MAX ? value : OVERFLOW;
}
