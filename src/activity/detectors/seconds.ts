/** A duration for a reader: `0.25 s`, `1.5 s`, `31 s`. */
export function seconds(milliseconds: number): string {
  return `${Number((milliseconds / 1000).toPrecision(milliseconds < 100_000 ? 2 : 3))} s`;
}
