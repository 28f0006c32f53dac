import { readFileSync } from 'node:fs';
import { type AgentObservabilityOptions, AgentObservabilityPlugin } from 'temporal-agent-observability';
import { expect, test } from 'vitest';
import { resolveOptions } from '#lib/resolve-options';

interface Row {
  readonly option: string;
  readonly fallback: string;
  readonly variable: string;
}

const unquoted = (cell = '') => cell.trim().replace(/^`(.*)`$/, '$1');

const rows = readFileSync('docs/options.md', 'utf8')
  .split('\n')
  .filter((line) => line.startsWith('| `'))
  .map((line): Row => {
    const [, option, , fallback, variable] = line.split('|').map(unquoted);
    return { option: option ?? '', fallback: fallback ?? '', variable: variable ?? '' };
  });

/** The keys that the plugin takes, as its own refusal of any other lists them. */
function keysOf(path: string, options: (unknown: object) => object): string[] {
  try {
    new AgentObservabilityPlugin(options({ unknown: 1 }) as AgentObservabilityOptions);
  } catch (error) {
    const list = /; expected (.*)$/.exec((error as Error).message)?.[1] ?? '';
    return list.split(', ').map((key) => (path === '' ? key : `${path}.${key}`));
  }
  throw new Error(`${path} takes any option`);
}

test('every option has its row, and every row is an option', () => {
  const nested = ['content', 'metrics', 'searchAttributes', 'workflows', 'correlation', 'thresholds'];
  const options = [
    ...keysOf('', (unknown) => unknown),
    ...nested.flatMap((name) => keysOf(name, (unknown) => ({ [name]: unknown }))),
    ...keysOf('metrics', (unknown) => ({ metrics: { registry: { registerMetric() {}, metrics() {} }, ...unknown } })),
  ];
  expect(rows.map(({ option }) => option).sort()).toEqual(options.sort());
});

test('every variable that is read has its row, and every row names one that is read', () => {
  const read = new Set<string>();
  resolveOptions({}, new Proxy({}, { get: (_, name) => void read.add(String(name)) }));
  const documented = rows.flatMap(({ variable }) => (variable === '' ? [] : [variable]));
  expect(documented.sort()).toEqual([...read].sort());
});

test('the defaults are those in force', () => {
  const written = rows.filter(({ fallback }) => /^(['\d{]|true|false)/.test(fallback));
  expect(written.length).toBeGreaterThan(15);
  const options: Record<string, unknown> = {};
  for (const { option, fallback } of written) {
    const [name = '', key] = option.split('.');
    const value: unknown = JSON.parse(fallback.replaceAll("'", '"'));
    options[name] = key === undefined ? value : { ...(options[name] as object), [key]: value };
  }
  expect(resolveOptions(options as AgentObservabilityOptions, {})).toEqual(resolveOptions({}, {}));
});
