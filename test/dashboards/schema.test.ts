// The types of Grafana's Foundation SDK are made from Grafana's own schemas, so that what has these types loads.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import ts from 'typescript';
import { expect, test } from 'vitest';
import { DASHBOARDS, type Panel } from '../../examples/monitoring/panels/shipped-dashboards';

interface Typed {
  readonly type: string;
  readonly json: unknown;
}

const PANELS = ['stat', 'table', 'text', 'timeseries'];

const HEAD = [
  ...['dashboard', 'prometheus', ...PANELS].map(
    (name) => `import type * as ${name} from '@grafana/grafana-foundation-sdk/${name}';`,
  ),
  // In JSON, an enum is its value, and there are no functions.
  `type Json<T> = 0 extends 1 & T ? T : T extends string ? \`\${T}\``,
  '  : T extends number | boolean | null | undefined ? T : T extends readonly (infer E)[] ? Json<E>[]',
  '  : T extends object ? { [K in keyof T as T[K] extends (...args: never[]) => unknown ? never : K]: Json<T[K]> } : T;',
].join('\n');

test('every dashboard is what the schema of dashboards, panels and queries says', () => {
  const shipped = [...DASHBOARDS.values()].flatMap((dashboard) => [
    { type: 'dashboard.Dashboard', json: dashboard },
    ...dashboard.panels.filter(({ type }) => type !== 'row').flatMap(partsOf),
  ]);
  expect(shipped.length).toBeGreaterThan(300);
  expect(errors(shipped)).toEqual([]);
});

test('values, fields and options that there are not are refused', () => {
  const wrong = [
    { type: 'dashboard.Dashboard', json: { graphTooltip: 7 } },
    { type: 'dashboard.Dashboard', json: { graphTooltip: 1, variables: [] } },
    { type: 'stat.Options', json: { graphMode: 'bars' } },
    { type: 'prometheus.Dataquery', json: { refId: 'A', expr: 'up', format: 'graph' } },
  ];
  expect(errors(wrong)).toHaveLength(wrong.length);
});

/** What the schema of dashboards leaves to the plugins. */
function partsOf(panel: Panel): Typed[] {
  const { type, options, targets = [], fieldConfig } = panel;
  if (!PANELS.includes(type)) throw new Error(`${type} is not imported here`);
  const { custom } = (fieldConfig?.defaults ?? {}) as { readonly custom?: unknown };
  return [
    { type: `${type}.Options`, json: options },
    ...(custom === undefined ? [] : [{ type: `${type}.FieldConfig`, json: custom }]),
    ...targets.map((target) => ({ type: 'prometheus.Dataquery', json: target })),
  ];
}

function errors(typed: readonly Typed[]): string[] {
  // Where the packages are found.
  mkdirSync('.cache', { recursive: true });
  const folder = mkdtempSync(path.resolve('.cache', 'schema-'));
  try {
    const file = path.join(folder, 'typed.ts');
    const lines = typed.map(({ type, json }, i) => `export const v${i}: Json<${type}> = ${JSON.stringify(json)};`);
    writeFileSync(file, [HEAD, ...lines].join('\n'));
    const program = ts.createProgram([file], {
      strict: true,
      noEmit: true,
      types: [],
      skipLibCheck: true,
      module: ts.ModuleKind.ESNext,
      moduleResolution: ts.ModuleResolutionKind.Bundler,
    });
    return ts
      .getPreEmitDiagnostics(program)
      .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
