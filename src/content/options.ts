/** Checks of numeric options. */

export function positiveInteger(name: string, value: unknown): number {
  return integerFrom(1, name, value);
}

export function nonNegativeInteger(name: string, value: unknown): number {
  return integerFrom(0, name, value);
}

function integerFrom(min: number, name: string, value: unknown): number {
  if (typeof value !== 'number') throw new TypeError(`${name} must be a number, got ${describe(value)}`);
  if (!Number.isSafeInteger(value) || value < min) {
    throw new RangeError(`${name} must be an integer of at least ${min}, got ${value}`);
  }
  return value;
}

export function describe(value: unknown): string {
  return typeof value === 'string' ? JSON.stringify(value) : value === null ? 'null' : typeof value;
}
