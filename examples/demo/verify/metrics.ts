/** One sample of a `/metrics` page. */
interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

export class Metrics {
  private constructor(private readonly samples: readonly Sample[]) {}

  static async fetch(url: string): Promise<Metrics> {
    const response = await fetch(url);
    if (!response.ok) throw new Error(`${url} answered with status ${response.status}`);
    return new Metrics((await response.text()).split('\n').flatMap(parseSample));
  }

  /** Sum of a metric by the values of one label. */
  sumBy(name: string, label: string): ReadonlyMap<string, number> {
    const sums = new Map<string, number>();
    for (const sample of this.samples) {
      if (sample.name !== name) continue;
      const value = sample.labels[label] ?? '';
      sums.set(value, (sums.get(value) ?? 0) + sample.value);
    }
    return sums;
  }

  /** Sum of a metric over all its series; `undefined` when it is not there, which is not the same as 0. */
  sum(name: string): number | undefined {
    const found = this.samples.filter((sample) => sample.name === name);
    return found.length === 0 ? undefined : found.reduce((total, { value }) => total + value, 0);
  }
}

function parseSample(line: string): Sample[] {
  const match = /^(?<name>[a-zA-Z_:][\w:]*)(?:\{(?<labels>.*)\})? (?<value>\S+)/.exec(line);
  if (match?.groups === undefined) return [];
  const { name = '', labels = '', value } = match.groups;
  const pairs = [...labels.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)].map(([, key, text]) => [key, text]);
  return [{ name, labels: Object.fromEntries(pairs), value: Number(value) }];
}
