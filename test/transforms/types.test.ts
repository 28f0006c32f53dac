import {
  type AnyTransform,
  defineTransforms,
  type TransformName,
  type TransformTable,
  transform,
} from 'temporal-agent-observability/workflow';
import { describe, expect, expectTypeOf, test } from 'vitest';

const transforms = defineTransforms({
  head: (page: string, { chars }: { readonly chars: number }) => page.slice(0, chars),
  length: (page: string) => page.length,
  titles: (hits: readonly { readonly title: string }[]) => hits.map(({ title }) => title),
});

type Name = TransformName<typeof transforms>;

describe('the handle', () => {
  test('knows names, outputs, arguments and results', () => {
    expectTypeOf<Name>().toEqualTypeOf<'head' | 'length' | 'titles'>();
    expectTypeOf(transforms.transform('head', 'abc', { chars: 1 })).toEqualTypeOf<string>();
    expectTypeOf(transforms.transform('length', 'abc')).toEqualTypeOf<number>();
    expect(transforms.names).toEqual(['head', 'length', 'titles']);
  });

  test('takes a name that is one of several, with an output that suits all of them', () => {
    const name = 'length' as 'head' | 'length';
    expectTypeOf(transforms.transform(name, 'abc', { chars: 1 })).toEqualTypeOf<string | number>();
    const any = 'titles' as Name;
    // @ts-expect-error a string does not suit titles
    expect(() => transforms.transform(any, 'abc', { chars: 1 })).toThrow();
  });

  test('knows what a fallback makes of the output', () => {
    const untransformed = transforms.transform('titles', [], undefined, { fallback: 'untransformed' });
    expectTypeOf(untransformed).toEqualTypeOf<string[] | readonly { readonly title: string }[]>();
    const replaced = transforms.transform('length', 'abc', undefined, { fallback: () => null });
    expectTypeOf(replaced).toEqualTypeOf<number | null>();
    const failing = transforms.transform('length', 'abc', undefined, { fallback: 'error' });
    expectTypeOf(failing).toEqualTypeOf<number>();
  });

  test('makes a name of its own out of data', () => {
    const name: string = 'length';
    expect(transforms.has('toString')).toBe(false);
    if (transforms.has(name)) expectTypeOf(name).toEqualTypeOf<Name>();
  });

  test('refuses what does not fit', () => {
    // @ts-expect-error there is no such name
    expect(() => transforms.transform('tail', 'abc')).toThrow('Transform "tail" is not registered');
    // @ts-expect-error arguments are missing
    expect(() => transforms.transform('head', 'abc')).toThrow(TypeError);
    // @ts-expect-error the output is of another type
    expect(transforms.transform('length', 5)).toBeUndefined();
    // @ts-expect-error there is no such fallback
    expect(() => transforms.transform('length', '', undefined, { fallback: 'none' })).toThrow("expected 'error'");
  });
});

test('the function takes a name that came as data, and promises nothing about the result', () => {
  expectTypeOf(transform('length' as string, 'abc')).toEqualTypeOf<unknown>();
  expect(transform('head', 'abc', { chars: 2 })).toBe('ab');
});

describe('defineTransforms refuses', () => {
  test.each<[string, unknown, string]>([
    ['what is no object', null, 'defineTransforms: expected an object of functions by name'],
    ['what is no function', { head: 'slice' }, 'defineTransforms: "head": expected a function, got string'],
    ['an empty name', { '': () => 1 }, 'defineTransforms: expected names of 1 to 128 characters, got ""'],
    ['a name too long', { ['x'.repeat(129)]: () => 1 }, 'expected names of 1 to 128 characters'],
    ['async functions', { later: async () => 1 }, '"later": expected a synchronous function, got an async one'],
  ])('%s', (_, table, message) => {
    expect(() => defineTransforms(table as TransformTable as Record<string, () => number>)).toThrow(message);
    expect(() => transform('later', 1)).toThrow('not registered');
  });

  test('functions that return promises, by their type', () => {
    const promising = { promising: () => Promise.resolve(1) };
    // @ts-expect-error a transform is synchronous
    defineTransforms(promising);
    expect(() => transform('promising', 1)).toThrow('transform: "promising" returned a promise, not a result');
    expectTypeOf(promising.promising).toExtend<AnyTransform>();
  });
});
