import { bundleWorkflowCode, type WorkflowBundle } from '@temporalio/worker';
import { AgentObservabilityPlugin } from 'temporal-agent-observability';
import { beforeAll, expect, test } from 'vitest';
import { type NamedHistory, replay, withoutOurs } from '../support/histories';
import { quietRuntime } from '../support/quiet-runtime';
import { readRecorded, recordedNames, type Variant } from '../support/recorded-histories';
import { SHAPES } from './shapes';

const workflowsPath = require.resolve('./workflows/index.ts');
const plugin = new AgentObservabilityPlugin({ content: 'off', metrics: 'off', logger: quietRuntime() });

let plain: WorkflowBundle;
let observed: WorkflowBundle;

beforeAll(async () => {
  plain = await bundleWorkflowCode({ workflowsPath, logger: quietRuntime() });
  observed = await bundleWorkflowCode({ workflowsPath, plugins: [plugin], logger: quietRuntime() });
});

const all = (variant: Variant): NamedHistory[] => recordedNames().flatMap((name) => [...readRecorded(name)[variant]]);

test('every shape is recorded, with a cache and without', () => {
  const replayable = Object.keys(SHAPES).filter((shape) => !SHAPES[shape]?.neverEnds);
  const expected = replayable.flatMap((shape) => [`sa-v1-${shape}-0.json.gz`, `sa-v1-${shape}.json.gz`]);
  expect(recordedNames()).toEqual(expected.sort());
});

test('runs that write replay with the plugin', async () => {
  expect(await replay({ workflowBundle: observed, plugins: [plugin] }, all('observed'))).toEqual([]);
});

test('runs from before the plugin replay with it', async () => {
  expect(await replay({ workflowBundle: observed, plugins: [plugin] }, all('plain'))).toEqual([]);
});

test('runs that the gate refused replay with the plugin and without', async () => {
  expect(await replay({ workflowBundle: observed, plugins: [plugin] }, all('refused'))).toEqual([]);
  expect(await replay({ workflowBundle: plain }, all('refused'))).toEqual([]);
});

test('runs that write replay without the plugin once its events are taken out: it adds nothing else', async () => {
  const stripped = all('observed').map(({ workflowId, history }) => ({ workflowId, history: withoutOurs(history) }));
  expect(await replay({ workflowBundle: plain }, stripped)).toEqual([]);
});
