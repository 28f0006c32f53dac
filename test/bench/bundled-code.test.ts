import { AgentObservabilityPlugin } from 'temporal-agent-observability';
import { beforeAll, expect, test } from 'vitest';
import { APPROVAL_ACKNOWLEDGE, APPROVAL_DECIDE, APPROVALS_QUERY } from '#lib/definitions/wire';
import { ADDED_CODE_GOAL, bundledCode, KB } from '../../bench/bundled-code';
import { quietRuntime } from '../support/quiet-runtime';

/** Ours, as webpack names the modules of a bundle. */
const MODULE = /^\/\*{3}\/ ".*\/lib\/(workflow\/.+)"/gm;

const agent = require.resolve('../../bench/replay/workflows.ts');
const asking = require.resolve('../approvals/workflows/moves.ts');

let plain: string;
let observed: string;
let plainAsking: string;
let observedAsking: string;

beforeAll(async () => {
  const plugin = new AgentObservabilityPlugin({ content: 'off', metrics: 'off', logger: quietRuntime() });
  plain = await bundledCode(agent, []);
  observed = await bundledCode(agent, [plugin]);
  plainAsking = await bundledCode(asking, []);
  observedAsking = await bundledCode(asking, [plugin]);
});

const modules = (code: string) => [...code.matchAll(MODULE)].map(([, name]) => name);

/** Code in KB that one bundle has over another. */
const over = (code: string, other: string) => (Buffer.byteLength(code) - Buffer.byteLength(other)) / KB;

test('the plugin adds one module to a workflow bundle, of a size that is a goal', () => {
  expect(modules(plain)).toEqual([]);
  expect(modules(observed)).toEqual(['workflow/interceptors.js']);
  expect(over(observed, plain)).toBeGreaterThan(10);
  expect(over(observed, plain)).toBeLessThanOrEqual(ADDED_CODE_GOAL);
});

test('the entry for workflow code is one module, and smaller than what observes', () => {
  expect(modules(plainAsking)).toEqual(['workflow/index.js']);
  expect(modules(observedAsking).sort()).toEqual(['workflow/index.js', 'workflow/interceptors.js']);
  expect(over(observedAsking, observed)).toBeLessThan(ADDED_CODE_GOAL);
});

test.each([APPROVAL_DECIDE, APPROVAL_ACKNOWLEDGE, APPROVALS_QUERY])(
  'the code of approvals is in bundles that import the entry, and in no other: %s',
  (name) => {
    expect([plain, observed].filter((code) => code.includes(name))).toEqual([]);
    expect([plainAsking, observedAsking].filter((code) => code.includes(name))).toHaveLength(2);
  },
);
