/**
 * Runs every variant once per round and begins each round with another one, so that what drifts (clock speed, heat,
 * neighbours) falls on all variants alike. A first round warms up and is not counted.
 *
 * @returns what each variant gave, one value per round.
 */
export async function interleave<K extends string>(
  variants: Readonly<Record<K, () => number | Promise<number>>>,
  rounds: number,
): Promise<Record<K, number[]>> {
  const names = Object.keys(variants) as K[];
  const results = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Record<K, number[]>;
  for (let round = -1; round < rounds; round++) {
    for (let index = 0; index < names.length; index++) {
      const name = names[(index + round + 1) % names.length] as K;
      const value = await variants[name]();
      if (round >= 0) results[name].push(value);
    }
  }
  return results;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  return ((sorted[Math.ceil(middle) - 1] ?? Number.NaN) + (sorted[Math.floor(middle)] ?? Number.NaN)) / 2;
}

/** Median over the rounds of what a variant takes more than the base in the same round. */
export function added(variant: readonly number[], base: readonly number[]): number {
  return median(variant.map((value, round) => value - (base[round] ?? Number.NaN)));
}
