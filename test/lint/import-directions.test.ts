import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { cruise, type ICruiseResult } from 'dependency-cruiser';
import { afterEach, beforeEach, expect, test } from 'vitest';

const ROOT = path.resolve(import.meta.dirname, '../..');
const { forbidden, options } = createRequire(import.meta.url)(path.join(ROOT, '.dependency-cruiser.cjs'));

let directory: string;

beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'import-directions-'));
  symlinkSync(path.join(ROOT, 'node_modules'), path.join(directory, 'node_modules'));
  symlinkSync(path.join(ROOT, 'package.json'), path.join(directory, 'package.json'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

/** Names of the rules that a source tree violates. */
async function violations(files: Readonly<Record<string, string>>): Promise<string[]> {
  for (const [name, text] of Object.entries(files)) {
    const file = path.join(directory, 'src', name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, `${text}\n`);
  }
  const { tsConfig: _, ...rest } = options;
  const { output } = await cruise(['src'], { ...rest, baseDir: directory, validate: true, ruleSet: { forbidden } });
  return (output as ICruiseResult).summary.violations.map((violation) => violation.rule.name).sort();
}

const value = 'export const value = 1;';

test('lets through what goes in the right direction', async () => {
  const found = await violations({
    'definitions/wire.ts': value,
    'llm/types.ts': "export { value } from '../definitions/wire';",
    'activity/observation.ts':
      "import { value } from '../llm/types'; export interface Observation { value: typeof value }",
    'metrics/metrics.ts': "import type { Observation } from '../activity/observation'; export type Seen = Observation;",
    'workflow/state.ts':
      "import { sleep } from '@temporalio/workflow'; export { value } from '../llm/types'; export { sleep };",
    'plugin.ts': "export { value } from './definitions/wire'; export type { Seen } from './metrics/metrics';",
  });
  expect(found).toEqual([]);
});

test.each([
  ['definitions-imports-only', 'definitions/wire.ts', "export { value } from '../client/x';"],
  ['llm-imports-only', 'llm/types.ts', "export { value } from '../client/x';"],
  ['no-temporal-in-llm', 'llm/types.ts', "export type { Payload } from '@temporalio/common';"],
  ['no-node-in-llm-and-definitions', 'llm/types.ts', "export { readFileSync } from 'node:fs';"],
  ['definitions-packages', 'definitions/wire.ts', "export { Worker } from '@temporalio/worker';"],
  ['workflow-imports-only', 'workflow/state.ts', "export { value } from '../client/x';"],
  ['no-node-in-workflow', 'workflow/state.ts', "export { readFileSync } from 'node:fs';"],
  ['workflow-packages', 'workflow/state.ts', "export { Counter } from 'prom-client';"],
  ['activity-imports-only', 'activity/interceptor.ts', "export { value } from '../client/x';"],
  ['client-imports-only', 'client/start.ts', "export { value } from '../tokens/x';"],
  ['tokens-imports-only', 'tokens/count.ts', "export { value } from '../client/x';"],
  ['content-imports-only', 'content/store.ts', "export { value } from '../client/x';"],
  ['metrics-imports-only', 'metrics/metrics.ts', "export { value } from '../client/x';"],
  ['metrics-observation-types-only', 'metrics/metrics.ts', "export { value } from '../activity/observation';"],
  ['tracing-imports-only', 'tracing/span.ts', "export { value } from '../client/x';"],
  ['nobody-imports-plugin-or-cli', 'worker/gate.ts', "export { value } from '../plugin';"],
  ['opentelemetry-sdk-in-otel-only', 'worker/gate.ts', "export { NodeSDK } from '@opentelemetry/sdk-node';"],
  ['not-to-dev-dependency', 'worker/gate.ts', "export { test } from 'vitest';"],
  ['not-undeclared', 'worker/gate.ts', "export { default } from 'long';"],
  ['not-unresolvable', 'worker/gate.ts', "export { value } from './nowhere';"],
])('catches a violation of %s', async (rule, file, text) => {
  const found = await violations({
    'client/x.ts': value,
    'tokens/x.ts': value,
    'activity/observation.ts': value,
    'plugin.ts': value,
    [file]: text,
  });
  expect(found).toEqual([rule]);
});

test('catches a circle', async () => {
  const found = await violations({
    'worker/a.ts': "import { b } from './b'; export const a = () => b;",
    'worker/b.ts': "import { a } from './a'; export const b = () => a;",
  });
  expect(new Set(found)).toEqual(new Set(['no-circular']));
});
