import { METRIC_LABEL_MAX_CHARS, METRIC_LABEL_VALUES_MAX, METRIC_SERIES_MAX } from '../definitions/limits';
import { cleanLabelValue } from './label-value';

/** Takes the place of label values beyond a cap. */
export const OVERFLOW_LABEL = 'other';

export type LabelSet = Readonly<Record<string, string>>;

interface Label {
  readonly name: string;
  readonly seen: Set<string>;
}

/** Control characters never stand in a stored key, so values joined by one cannot be mistaken for others. */
const SEPARATOR = '\0';

/**
 * Decides under which label set one metric counts an observation, and keeps the number of those sets bounded:
 * prom-client keeps every set it ever saw.
 */
export class SeriesLimiter {
  readonly #labels: readonly Label[];
  readonly #series = new Map<string, LabelSet>();

  /** @param names - labels of the metric without `temporal_namespace` */
  constructor(names: readonly string[]) {
    this.#labels = ['temporal_namespace', ...names].map((name) => ({ name, seen: new Set() }));
  }

  /**
   * The label set to use.
   *
   * @param onOverflow - told how many values were replaced by `other`, when any was
   */
  admit(labels: LabelSet, onOverflow: (values: number) => void): LabelSet {
    return this.#known(labels) ?? this.#admit(labels, onOverflow);
  }

  /** The fast way: only sets whose values needed no cleaning are found, so nothing has to be cleaned. */
  #known(labels: LabelSet): LabelSet | undefined {
    let key = '';
    for (const { name } of this.#labels) {
      const value: unknown = labels[name];
      if (typeof value !== 'string' || value.length > METRIC_LABEL_MAX_CHARS) {
        return undefined;
      }
      key += value + SEPARATOR;
    }
    return this.#series.get(key);
  }

  #admit(labels: LabelSet, onOverflow: (values: number) => void): LabelSet {
    const wanted = this.#labels.map(({ name }) => cleanLabelValue(labels[name]));
    let values = this.#labels.map((label, index) => capped(label, wanted[index] ?? OVERFLOW_LABEL));
    if (!this.#series.has(keyOf(values)) && this.#series.size >= METRIC_SERIES_MAX) {
      values = values.map((value, index) => (index === 0 ? value : OVERFLOW_LABEL));
    }
    const replaced = wanted.filter((value, index) => value !== values[index]).length;
    if (replaced > 0) {
      onOverflow(replaced);
    }
    return this.#series.get(keyOf(values)) ?? this.#add(values);
  }

  #add(values: readonly string[]): LabelSet {
    const labelSet: Record<string, string> = {};
    this.#labels.forEach(({ name, seen }, index) => {
      const value = values[index] ?? OVERFLOW_LABEL;
      seen.add(value);
      labelSet[name] = value;
    });
    this.#series.set(keyOf(values), labelSet);
    return labelSet;
  }
}

function capped({ seen }: Label, value: string): string {
  return seen.has(value) || seen.size < METRIC_LABEL_VALUES_MAX ? value : OVERFLOW_LABEL;
}

function keyOf(values: readonly string[]): string {
  return values.join(SEPARATOR) + SEPARATOR;
}
