/** What a scrape brought: a value, that the series is gone, or no scrape at all. */
export type Sample = number | 'stale' | undefined;

/** Samples in the notation of promtool: `_` for none, `stale` where a series goes away, `1+2x3` for 1, 3, 5, 7. */
export function promtoolValues(samples: readonly Sample[]): string {
  const parts: string[] = [];
  let from = 0;
  while (from < samples.length) {
    const sample = samples[from];
    const [part, length] = typeof sample === 'number' ? numbers(samples, from) : same(samples, from);
    parts.push(part);
    from += length;
  }
  return parts.join(' ');
}

/** A run of numbers with the same distance from one to the next. */
function numbers(samples: readonly Sample[], from: number): [string, number] {
  const first = samples[from] as number;
  const second = samples[from + 1];
  if (typeof second !== 'number') return [String(first), 1];
  const step = second - first;
  let length = 2;
  // Figures that are no whole numbers are only ever repeated: adding them up would round.
  const isExact = step === 0 || (Number.isInteger(first) && Number.isInteger(step));
  while (isExact && samples[from + length] === first + length * step) length++;
  if (length === 2 && step !== 0) return [String(first), 1];
  if (step === 0) return [`${first}x${length - 1}`, length];
  return [`${first}${step < 0 ? '' : '+'}${step}x${length - 1}`, length];
}

function same(samples: readonly Sample[], from: number): [string, number] {
  const isGone = samples[from] === 'stale';
  let length = 1;
  while (samples[from + length] === samples[from] && from + length < samples.length) length++;
  if (!isGone) return [`_x${length}`, length];
  return [length === 1 ? 'stale' : `stale _x${length - 1}`, length];
}

/** A series as it is written in PromQL. */
export function seriesText(name: string, labels: Readonly<Record<string, string>>): string {
  const matchers = Object.entries(labels).map(([label, value]) => `${label}=${JSON.stringify(value)}`);
  return matchers.length === 0 ? name : `${name}{${matchers.sort().join(', ')}}`;
}
