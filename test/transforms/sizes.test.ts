import { describe, expect, test } from 'vitest';
import { jsonBytes } from '#lib/workflow/json-bytes';
import { byteText, containsOutput, fingerprintsOf } from '#lib/workflow/output-fingerprint';
import { pageOf } from './activities';

describe('the size of plain data is that of its JSON', () => {
  test.each<[string, unknown]>([
    ['text', 'Straße "führt"\n\\ 🚲 \u0001'],
    ['numbers', [0, -1.5, 1e21, 12345]],
    ['nothing', [null, true, false]],
    ['empty containers', [[], {}, '']],
    ['objects', { a: { 'b"': [{ c: 'ä' }, { d: undefined, e: 1 }] }, f: () => 1 }],
    ['what an array has no JSON for', [undefined, () => 1]],
    ['no prototype', Object.assign(Object.create(null), { a: 1 })],
  ])('%s', (_, value) => {
    expect(jsonBytes(value)).toBe(Buffer.byteLength(JSON.stringify(value)));
  });

  test('what is no plain data has none, and none of its code runs', () => {
    const hostile = {
      get secret(): string {
        throw new Error('read');
      },
    };
    for (const value of [undefined, () => 1, Symbol('s'), new Date(), { at: new Map() }, hostile]) {
      expect(jsonBytes(value)).toBeUndefined();
    }
    const cycle: unknown[] = [];
    cycle.push(cycle);
    expect(jsonBytes(cycle)).toBeUndefined();
    expect(jsonBytes(new Array(60_000).fill(0))).toBeUndefined();
  });
});

const text = (value: unknown) => byteText(Buffer.from(JSON.stringify(value)));
const prints = (value: unknown, above = 1_000) => fingerprintsOf(text(value), above);
const carries = (args: unknown, output: unknown) =>
  prints(output).some((fingerprint) => containsOutput(text(args), fingerprint));

const page = pageOf(5_000);
const hits = Array.from({ length: 50 }, (_, i) => ({ id: i, url: `http://x/${i * i}`, text: pageOf(i) }));

describe('an output is recognised', () => {
  test.each<[string, unknown, unknown]>([
    ['text as it is', page, page],
    ['text in text', page, `before ${page} after`],
    ['text in an object', page, [{ role: 'tool', content: page }]],
    ['an object in an object', hits, { messages: [{ value: hits }] }],
    ['an object as text', hits, [{ content: JSON.stringify(hits) }]],
    ['an object as text in text', hits, `Results: ${JSON.stringify(hits)}.`],
    ['text out of its wrapping', { ok: true, content: [{ type: 'text', text: page }] }, [{ content: page }]],
    ['text of one character', 'x'.repeat(5_000), ['y', 'x'.repeat(5_000), 'y']],
    ['text of one character, with much behind it', 'x'.repeat(5_000), ['x'.repeat(5_000), pageOf(1_000)]],
    ['the last of many alike', hits, [...Array.from({ length: 30 }, () => hits.slice(1, 9)), hits]],
    ['JSON inside a string', JSON.stringify(hits), [{ content: JSON.stringify(hits) }]],
  ])('%s', (_, output, args) => {
    expect(carries(args, output)).toBe(true);
  });
});

describe('an output is not recognised', () => {
  test.each<[string, unknown, unknown]>([
    ['its beginning', page, [page.slice(0, 4_000)]],
    ['its end', page, [page.slice(1)]],
    ['its beginning and its end', page, [page.slice(0, 2_000) + page.slice(-2_000), 'y'.repeat(2_000)]],
    ['one place in its middle changed', page, [page.slice(0, 2_500) + 'y'.repeat(7) + page.slice(2_507)]],
    ['fewer of its elements', hits, [JSON.stringify(hits.slice(1)), hits.slice(1)]],
    ['the same character in several pieces', 'x'.repeat(5_000), Array.from({ length: 10 }, () => 'x'.repeat(900))],
    ['something else of that size', page, ['z'.repeat(9_000)]],
  ])('%s', (_, output, args) => {
    expect(carries(args, output)).toBe(false);
  });

  test('what is below the size is not even remembered', () => {
    expect(prints(page, 10_000)).toEqual([]);
    expect(prints(Array.from({ length: 2_000 }, () => 'short'))).toHaveLength(1);
  });
});
