/** Rounds that warm up and do not count. */
const WARM_UP = 2;

/**
 * Runs every variant once per round, in an order drawn anew for each, so that what drifts (clock speed, heat, neighbours)
 * and what a variant leaves behind falls on all variants alike.
 *
 * @returns what each variant gave, one value per round.
 */
export async function interleave<K extends string>(
  variants: Readonly<Record<K, () => number | Promise<number>>>,
  rounds: number,
): Promise<Record<K, number[]>> {
  const names = Object.keys(variants) as K[];
  const results = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Record<K, number[]>;
  for (let round = -WARM_UP; round < rounds; round++) {
    for (const name of shuffled(names)) {
      const value = await variants[name]();
      if (round >= 0) results[name].push(value);
    }
  }
  return results;
}

function shuffled<T>(values: readonly T[]): T[] {
  return values
    .map((value) => ({ value, key: Math.random() }))
    .sort((a, b) => a.key - b.key)
    .map(({ value }) => value);
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
