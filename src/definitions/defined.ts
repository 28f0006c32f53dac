/** The object without its undefined fields. A plain loop, for it runs several times per activity. */
export function defined<T extends object>(value: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  const result: Record<string, unknown> = {};
  for (const key in value) {
    if (value[key] !== undefined) result[key] = value[key];
  }
  return result as { [K in keyof T]: Exclude<T[K], undefined> };
}
