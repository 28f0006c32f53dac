/** Maps values in order, at most `width` at a time. The first that rejects stops the others from being begun. */
export async function mapBounded<T, R>(
  values: readonly T[],
  width: number,
  map: (value: T) => Promise<R>,
): Promise<R[]> {
  const results: R[] = [];
  let next = 0;
  const lane = async () => {
    while (next < values.length) {
      const index = next++;
      try {
        results[index] = await map(values[index] as T);
      } catch (error) {
        next = values.length;
        throw error;
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(width, values.length) }, lane));
  return results;
}
