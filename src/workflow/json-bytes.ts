/** Values that are looked into; larger ones stay without a size. */
const MAX_NODES = 20_000;
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
    if (depth > MAX_DEPTH || ++nodes > MAX_NODES) return Number.NaN;
    return Array.isArray(item) ? bytesOfArray(item, depth) : bytesOfObject(item, depth);
  };

  const bytesOfArray = (items: readonly unknown[], depth: number): number => {
    let bytes = 1;
    nodes += items.length;
    for (let i = 0; i < items.length && nodes <= MAX_NODES; i++) {
      bytes += 1 + bytesOf(isWritten(items[i]) ? items[i] : null, depth + 1);
    }
    return nodes > MAX_NODES ? Number.NaN : Math.max(bytes, 2);
  };

  const bytesOfObject = (item: object, depth: number): number => {
    if (!isPlain(item)) return Number.NaN;
    let bytes = 1;
    for (const key of Object.keys(item)) {
      const property = Object.getOwnPropertyDescriptor(item, key);
      if (++nodes > MAX_NODES || property === undefined || !('value' in property)) return Number.NaN;
      if (isWritten(property.value)) bytes += 2 + stringBytes(key) + bytesOf(property.value, depth + 1);
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

/** Below this a loop over the characters is faster than native calls. */
const SHORT_CHARS = 100;

function stringBytes(text: string): number {
  if (text.length < SHORT_CHARS && isSimple(text)) return text.length + 2;
  const json = JSON.stringify(text);
  return encoder === undefined ? json.length : encoder.encode(json).length;
}

/** ASCII, and nothing that JSON escapes. */
function isSimple(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code < 0x20 || code > 0x7e || code === 0x22 || code === 0x5c) return false;
  }
  return true;
}

function isPlain(value: object): boolean {
  const prototype = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}
