/** Values that are looked into; larger ones stay without a size. */
const MAX_NODES = 50_000;
const MAX_DEPTH = 100;

/**
 * Bytes of plain data as JSON; `undefined` for what is not plain data, or too much of it. Runs no code of the value, no
 * getter and no `toJSON`, for this is done where a run is live and left out where it is replayed.
 */
export function jsonBytes(value: unknown): number | undefined {
  let nodes = 0;

  const bytesOf = (item: unknown, depth: number): number => {
    if (typeof item === 'string') return stringBytes(item);
    if (typeof item !== 'object' || item === null) return String(item).length;
    const isArray = Array.isArray(item);
    if (depth > MAX_DEPTH || ++nodes > MAX_NODES || !(isArray || isPlain(item))) return Number.NaN;
    let bytes = 1;
    for (const key of Object.keys(item)) {
      if (++nodes > MAX_NODES) return Number.NaN;
      const property = Object.getOwnPropertyDescriptor(item, key);
      if (property === undefined || !('value' in property)) return Number.NaN;
      const written = isWritten(property.value);
      if (!isArray && !written) continue;
      bytes += (isArray ? 1 : stringBytes(key) + 2) + bytesOf(written ? property.value : null, depth + 1);
    }
    return Math.max(bytes, 2);
  };

  const bytes = isWritten(value) ? bytesOf(value, 0) : Number.NaN;
  return Number.isNaN(bytes) ? undefined : bytes;
}

function isWritten(value: unknown): boolean {
  return value !== undefined && typeof value !== 'function' && typeof value !== 'symbol';
}

/** Node's own, which the SDK lends to the sandbox. */
const encoder = typeof TextEncoder === 'function' ? new TextEncoder() : undefined;

function stringBytes(text: string): number {
  const json = JSON.stringify(text);
  return encoder === undefined ? json.length : encoder.encode(json).length;
}

function isPlain(value: object): boolean {
  const prototype = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}
