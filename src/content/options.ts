/** Checks of numeric options. */

export function positiveInteger(name: string, value: unknown): number {
  if (!Number.isSafeInteger(value) || (value as number) < 1) fail(name, 'a positive integer', value);
  return value as number;
}

export function nonNegativeNumber(name: string, value: unknown): number {
  if (typeof value !== 'number' || !(value >= 0)) fail(name, 'a number of at least 0', value);
  return value;
}

function fail(name: string, expected: string, value: unknown): never {
  const message = `${name} must be ${expected}, got ${typeof value === 'number' ? value : describe(value)}`;
  throw typeof value === 'number' ? new RangeError(message) : new TypeError(message);
}

function describe(value: unknown): string {
  return typeof value === 'string' ? JSON.stringify(value) : value === null ? 'null' : typeof value;
}
