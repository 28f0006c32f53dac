import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import { describe, expect, test } from 'vitest';
import { RENDER_OPTIONS, type RenderOption } from '#lib/cli/render/options';
import { readTable } from '#lib/exporter/options/given-options';

const schema = JSON.parse(readFileSync('render.schema.json', 'utf8'));
const validate = new Ajv({ allErrors: true }).compile(schema);

const isAcceptedByUs = (options: unknown) => {
  try {
    readTable(RENDER_OPTIONS, options, { root: '' });
    return true;
  } catch {
    return false;
  }
};

/** Options in which the one of this name has this value. */
function optionsWith(name: string, value: unknown) {
  return name.split('.').reduceRight<unknown>((inner, part) => ({ [part === '*' ? 'release' : part]: inner }), value);
}

const VALUES = [
  ['30s', '0s', '30', '', ' ', 'a b', 'a-b', 'a_b', '1a', 'a"b', 'a\\b', 'a\nb', 'a="b"', 'a="b",c!~"d"', 'a="{}"'],
  ['https://a.example', 'https://a b', 'ftp://a', 'https://{{', 'UPPER', '-a', 'a-'],
  [-1, 0, 0.5, 1, 1.5, 2, 100, 1e12, true, false, null, [], ['a'], {}, { a: 1 }],
].flat();

describe('schema and validation agree', () => {
  test.each(Object.keys(RENDER_OPTIONS) as RenderOption[])('on %s', (name) => {
    const values = [RENDER_OPTIONS[name].example, ...VALUES];
    const verdicts = values.map((value) => [value, isAcceptedByUs(optionsWith(name, value))]);
    expect(values.map((value) => [value, validate(optionsWith(name, value))])).toEqual(verdicts);
    // Neither of them takes, or refuses, just anything.
    expect(new Set(verdicts.map(([, verdict]) => verdict))).toEqual(new Set([true, false]));
  });

  test.each([
    {},
    { threshold: {} },
    { thresholds: { unknown: 1 } },
    { kubernetes: { labels: { any: 'thing' } } },
    [],
    'text',
  ])('on %j', (options) => {
    expect(validate(options)).toBe(isAcceptedByUs(options));
  });
});
