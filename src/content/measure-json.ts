/**
 * How large a value is as JSON, without building the JSON.
 *
 * @module
 */

import type { JsonMeasure } from '../activity/observation';

/** A value of more nodes than this is not measured to its end: a walk over them takes some 10 ms. */
const MAX_NODES = 200_000;

/** Deeper values are not measured, which ends cycles too. Stack frames, and `JSON.stringify`'s own, would run out later. */
const MAX_DEPTH = 1_000;

/** Escapes are counted in so much of a string; the rest is taken to be like it. */
const ESCAPES_COUNTED_IN_CHARS = 1024 * 1024;

/** JSON bytes per byte of a Buffer, `{"type":"Buffer","data":[1,2]}`, for evenly spread values. */
const JSON_PER_BUFFER_BYTE = 3.57;

export interface MeasureLimits {
  /** The walk ends when it has seen more than this many bytes. Default: 64 MiB. */
  readonly maxBytes?: number;
}

const LIMIT_REACHED = new RangeError('limit reached');
const UNMEASURABLE = new TypeError('not JSON');

/**
 * Size of a value as `JSON.stringify` would write it. Cheap: strings are measured natively, and nothing is copied.
 *
 * Like `JSON.stringify` it reads enumerable properties and calls `toJSON`.
 *
 * @returns `undefined` for what `JSON.stringify` cannot write or leaves out altogether: `undefined`, functions, cycles,
 *   BigInt, more than 1,000 levels, getters that throw.
 */
export function measureJson(value: unknown, limits: MeasureLimits = {}): JsonMeasure | undefined {
  const walk = idle ?? new Walk();
  idle = undefined;
  walk.begin(limits.maxBytes ?? 64 * 1024 * 1024);
  let atLeast = false;
  try {
    if (!walk.add(value, 0)) return undefined;
  } catch (error) {
    if (error !== LIMIT_REACHED) return undefined;
    atLeast = true;
  } finally {
    idle = walk;
  }
  return { bytes: Math.round(walk.bytes), atLeast, binaryBytes: Math.round(walk.binaryBytes) };
}

class Walk {
  bytes = 0;
  binaryBytes = 0;
  private nodes = 0;
  private maxBytes = 0;

  begin(maxBytes: number): void {
    this.bytes = 0;
    this.binaryBytes = 0;
    this.nodes = 0;
    this.maxBytes = maxBytes;
  }

  /** False when JSON leaves the value out. */
  add(value: unknown, depth: number): boolean {
    switch (typeof value) {
      case 'string':
        this.addString(value);
        return true;
      case 'number':
        this.addNumber(value);
        return true;
      case 'boolean':
        this.bytes += value ? 4 : 5;
        return true;
      case 'object':
        return this.addObject(value, depth);
      case 'bigint':
        if (typeof (value as { toJSON?: unknown }).toJSON !== 'function') throw UNMEASURABLE;
        return this.add((value as unknown as { toJSON(): unknown }).toJSON(), depth + 1);
      default:
        return false;
    }
  }

  private addObject(value: object | null, depth: number): boolean {
    if (value === null) {
      this.bytes += 4;
      return true;
    }
    if (depth >= MAX_DEPTH) throw UNMEASURABLE;
    this.nodes++;
    this.stopAtLimit();
    if (Array.isArray(value)) this.addArray(value, depth);
    else if (ArrayBuffer.isView(value)) this.addBinary(value, depth);
    else if (typeof (value as { toJSON?: unknown }).toJSON === 'function') {
      return this.add((value as { toJSON(): unknown }).toJSON(), depth + 1);
    } else this.addProperties(value as Readonly<Record<string, unknown>>, depth);
    return true;
  }

  private addArray(value: readonly unknown[], depth: number): void {
    this.bytes += value.length === 0 ? 2 : value.length + 1;
    for (let i = 0; i < value.length; i++) {
      if (!this.add(value[i], depth + 1)) this.bytes += 4;
      this.stepInto(i);
    }
  }

  private addProperties(value: Readonly<Record<string, unknown>>, depth: number): void {
    let count = 0;
    for (const key in value) {
      if (!Object.hasOwn(value, key)) continue;
      this.stepInto(count);
      if (!this.add(value[key], depth + 1)) continue;
      this.addString(key);
      count++;
    }
    this.bytes += count === 0 ? 2 : 2 * count + 1;
  }

  private addBinary(value: ArrayBufferView, depth: number): void {
    const before = this.bytes;
    if (depth === 0) this.bytes += value.byteLength;
    else if (Buffer.isBuffer(value)) this.bytes += 27 + value.byteLength * JSON_PER_BUFFER_BYTE;
    else this.bytes += indexedBytes(value.byteLength);
    this.binaryBytes += this.bytes - before;
  }

  private addNumber(value: number): void {
    if (Number.isInteger(value) && value >= 0 && value < 1000) {
      this.bytes += value < 10 ? 1 : value < 100 ? 2 : 3;
      return;
    }
    // Writing a number is the slowest step of all.
    this.nodes++;
    this.bytes += Number.isFinite(value) ? String(value).length : 4;
  }

  /** Containers of many strings and numbers hold no objects to stop at. */
  private stepInto(index: number): void {
    if ((index & 127) !== 127) return;
    this.nodes += 8;
    this.stopAtLimit();
  }

  private stopAtLimit(): void {
    if (this.nodes > MAX_NODES || this.bytes - this.binaryBytes > this.maxBytes) throw LIMIT_REACHED;
  }

  private addString(text: string): void {
    const { length } = text;
    // The length is known without looking; counting the bytes of a huge string is not free.
    if (length > this.maxBytes) {
      this.bytes += length;
      throw LIMIT_REACHED;
    }
    this.bytes += 2 + (length < SHORT_CHARS ? bytesOfShort(text) : Buffer.byteLength(text) + escapesOfLong(text));
  }
}

/** Kept, as V8 throws away what it has optimised for walks with the last of them; `undefined` while it is in use. */
let idle: Walk | undefined = new Walk();

/** Below this a loop over the characters is faster than one native call. */
const SHORT_CHARS = 100;

function bytesOfShort(text: string): number {
  let escapes = 0;
  let bits = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    bits |= code;
    if (code === 0x22 || code === 0x5c) escapes++;
    else if (code < 0x20)
      escapes += code === 0x0a || code === 0x0d || code === 0x09 || code === 8 || code === 12 ? 1 : 5;
  }
  return escapes + (bits < 0x80 ? text.length : Buffer.byteLength(text));
}

const ESCAPED = ['"', '\\', '\n', '\r', '\t'] as const;

/** `indexOf` scans many times faster than a loop over characters, but each hit costs. */
function escapesOfLong(text: string): number {
  const counted = text.length > ESCAPES_COUNTED_IN_CHARS ? text.slice(0, ESCAPES_COUNTED_IN_CHARS) : text;
  let escapes = 0;
  for (const character of ESCAPED) {
    let hits = 0;
    let at = counted.indexOf(character);
    while (at !== -1) {
      hits++;
      if (hits === 50_000) {
        hits = Math.round((hits * counted.length) / (at + 1));
        break;
      }
      at = counted.indexOf(character, at + 1);
    }
    escapes += hits;
  }
  return counted === text ? escapes : Math.round((escapes * text.length) / counted.length);
}

/** `{"0":1,"1":2}`: what a Uint8Array becomes inside an object. */
function indexedBytes(length: number): number {
  return 2 + length * (JSON_PER_BUFFER_BYTE + 3 + Math.max(0, Math.ceil(Math.log10(length + 1))));
}
