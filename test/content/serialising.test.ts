import { describe, expect, it } from 'vitest';
import { measureJson } from '#lib/content/measure-json';
import { serialise } from '#lib/content/serialise';

const size = (value: unknown): number => Buffer.byteLength(JSON.stringify(value));
const MIB = 1024 * 1024;

function nested(levels: number): unknown {
  let value: unknown = 1;
  for (let i = 0; i < levels; i++) value = { value };
  return value;
}

function cyclic(): unknown {
  const value: Record<string, unknown> = { list: [{}, {}] };
  value.self = [value];
  return value;
}

describe('measuring', () => {
  it.each([
    null,
    true,
    false,
    0,
    -1,
    1.5,
    1e21,
    999,
    1000,
    Number.NaN,
    '',
    'bell \u0007',
    'é日本🤖',
    'quote " backslash \\ newline \n tab \t',
    `long ${'"quoted"\n'.repeat(500)}`,
    [],
    {},
    [1, 'a', null, undefined, () => 1],
    { a: undefined, b: 1, é: [] },
    [[[]], {}],
    new Date(0),
    { messages: [{ role: 'user', content: 'hello\nworld' }], temperature: 0.5, stream: false },
    Array.from({ length: 3000 }, (_, i) => i),
    JSON.parse('{"__proto__":{"polluted":true}}'),
    new Map([[1, 2]]),
    Object.create(null, { a: { value: 1, enumerable: true } }),
  ])('is exact for %j', (value) => {
    expect(measureJson(value)).toEqual({ bytes: size(value), atLeast: false, binaryBytes: 0 });
  });

  it('comes close for long escaped text and for binary values', () => {
    for (const value of [
      'say "hi"\n'.repeat(400_000),
      { data: Buffer.from(Array.from({ length: 5000 }, (_, i) => i & 255)) },
      [new Uint8Array(1000).map((_, i) => i)],
    ]) {
      const exact = size(value);
      const measured = measureJson(value)?.bytes ?? 0;
      expect(Math.abs(measured - exact) / exact).toBeLessThan(0.15);
    }
  });

  it.each([
    ['undefined', undefined],
    ['a function', () => 1],
    ['a BigInt', { n: 1n }],
    ['a cycle', cyclic()],
    ['10,000 levels', nested(10_000)],
    [
      'a getter that throws',
      {
        get a() {
          throw new Error('no');
        },
      },
    ],
    [
      'a toJSON that throws',
      {
        toJSON() {
          throw new Error('no');
        },
      },
    ],
    [
      'a revoked proxy',
      (() => {
        const { proxy, revoke } = Proxy.revocable({}, {});
        revoke();
        return proxy;
      })(),
    ],
    [
      'toJSON without end',
      (() => {
        class Again {
          toJSON() {
            return new Again();
          }
        }
        return new Again();
      })(),
    ],
  ])('says that %s cannot be measured', (_, value) => {
    expect(measureJson(value)).toBeUndefined();
  });

  it('ends early on what is huge, and says so', () => {
    const shared = Array.from({ length: 100 }, () => 'x');
    const explosive = Array.from({ length: 300 }, () => Array.from({ length: 1000 }, () => [shared, shared]));
    const values = ['x'.repeat(50 * MIB), Array.from({ length: 5_000_000 }, (_, i) => i / 3), explosive];
    for (const value of values) expect(measureJson(value, { maxBytes: 16 * MIB })?.atLeast).toBe(true);
  });

  it('does not read on behind the limit', () => {
    let reads = 0;
    const value = Array.from({ length: 50 }, () => ({
      get text() {
        reads++;
        return 'x'.repeat(MIB);
      },
    }));
    expect(measureJson(value, { maxBytes: 2 * MIB })?.atLeast).toBe(true);
    expect(reads).toBeLessThan(5);
  });
});

describe('serialising', () => {
  it('writes what JSON.stringify writes', () => {
    const value = JSON.parse('{"__proto__":1,"a":[1,"é"],"d":null}');
    expect(serialise(value, MIB)).toEqual({ text: JSON.stringify(value) });
  });

  it('refuses 50 MB before it writes any of it', () => {
    let written = 0;
    const value = {
      text: 'x'.repeat(50 * MIB),
      toJSON() {
        written++;
        return { text: this.text };
      },
    };
    expect(serialise(value, 16 * MIB)).toEqual({ missing: 'too-large' });
    // Once to measure, never to write.
    expect(written).toBe(1);
  });

  it.each([
    ['a cycle', cyclic()],
    ['a BigInt', [1n]],
    ['10,000 levels', nested(10_000)],
    ['a function', () => 1],
  ])('says that %s is unserialisable', (_, value) => {
    expect(serialise(value, MIB)).toEqual({ missing: 'unserialisable' });
  });

  it('tells no value from a null one', () => {
    expect(serialise(undefined, MIB)).toEqual({ missing: 'none' });
    expect(serialise(null, MIB)).toEqual({ text: 'null' });
  });

  it('replaces binary values, which no redaction can look into', () => {
    const value = { image: Buffer.from('sk-ant-secret-in-binary'), list: [new Uint8Array(3)], text: 'kept' };
    const result = serialise(value, MIB) as { text: string };
    expect(JSON.parse(result.text)).toEqual({
      image: { binary: 'Buffer', bytes: 23 },
      list: [{ binary: 'Uint8Array', bytes: 3 }],
      text: 'kept',
    });
    expect(serialise({ big: Buffer.alloc(30 * MIB) }, MIB)).toHaveProperty('text');
  });
});
