import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import { describe, expect, test } from 'vitest';
import { definitionOf, OPTION_NAMES } from '#lib/exporter/options/definitions';
import { readGiven } from '#lib/exporter/options/given-options';

const schema = JSON.parse(readFileSync('exporter.schema.json', 'utf8'));
const validate = new Ajv({ allErrors: true }).compile(schema);

const isAcceptedByUs = (options: unknown) => {
  try {
    readGiven(options, { root: '' });
    return true;
  } catch {
    return false;
  }
};

/** Options in which the one of this name has this value. */
function optionsWith(name: string, value: unknown, key = 'orphaned-agent') {
  return name.split('.').reduceRight<unknown>((inner, part) => ({ [part === '*' ? key : part]: inner }), value);
}

const VALUES = [
  ['30s', '1.5h', '0s', '0.0m', '7d', '30', 's', '', ' ', '30 s', '-1s', '1w', 'critical', 'off', 'error'],
  [-1, 0, 0.5, 1, 1.5, 2, 2.5, 3, 20, 1000, 1001, 65_535, 65_536, 100_000, 100_001, 1_000_001],
  [true, false, null, [], ['a'], ['a', ''], [1], {}, { a: 1 }, { expected: '1m' }],
].flat();

describe('schema and validation agree', () => {
  test.each(OPTION_NAMES)('on %s', (name) => {
    // A schema cannot tell that seven days are more than one.
    const possible = name === 'pollInterval' ? VALUES.filter((value) => value !== '7d') : VALUES;
    const values = [definitionOf(name).example, ...possible];
    const verdicts = values.map((value) => [value, isAcceptedByUs(optionsWith(name, value))]);
    expect(values.map((value) => [value, validate(optionsWith(name, value))])).toEqual(verdicts);
    // Neither of them takes, or refuses, just anything.
    expect(new Set(verdicts.map(([, verdict]) => verdict))).toEqual(new Set([true, false]));
  });

  test.each(['temporal', 'metrics', 'taskTypes', 'expected', 'findings', 'taskTypes.*'])(
    'on objects for %s',
    (name) => {
      for (const value of [...VALUES, { unknown: 1 }]) {
        expect([value, validate(optionsWith(name, value))]).toEqual([value, isAcceptedByUs(optionsWith(name, value))]);
      }
    },
  );

  test.each<[unknown, boolean]>([
    [{}, true],
    [{ pollIntervals: '30s' }, false],
    [{ findings: { 'orphaned-agents': 'off' } }, false],
    [{ taskTypes: { anything: { expected: '45m' }, else: {} } }, true],
    [[], false],
    ['text', false],
  ])('on %j', (options, expected) => {
    expect(validate(options)).toBe(expected);
    expect(isAcceptedByUs(options)).toBe(expected);
  });
});

test('every option is described, has its default, and an example', () => {
  for (const name of OPTION_NAMES) {
    const { description, fallback, example } = definitionOf(name);
    const parts = name.split('.');
    const found = parts.reduce((at, part) => (part === '*' ? at.additionalProperties : at.properties[part]), schema);
    expect(found).toMatchObject({ description, examples: [example] });
    expect(found.default).toEqual(fallback);
  }
});

test('the package ships it', () => {
  const { files, exports } = JSON.parse(readFileSync('package.json', 'utf8'));
  expect(files).toContain('exporter.schema.json');
  expect(exports['./exporter.schema.json']).toBe('./exporter.schema.json');
});
