import path from 'node:path';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { SEARCH_ATTRIBUTES } from '#lib/definitions/search-attributes';
import { type InstalledProject, installProject } from '../support/installed-project';
import { createNamespace, registerSearchAttributes } from '../support/temporal-server';

const NAMESPACE = 'compat';

let project: InstalledProject;

beforeAll(async () => {
  const address = inject('temporalAddress');
  await createNamespace(address, NAMESPACE);
  await registerSearchAttributes(address, NAMESPACE, SEARCH_ATTRIBUTES);
  project = await installProject({ files: path.join(import.meta.dirname, 'project') });
});
afterAll(() => project.remove());

const OTHERS = [
  'langsmith',
  'openai-agents',
  'ai-sdk',
  'interceptors-opentelemetry',
  'interceptors-opentelemetry-v2',
] as const;

test.each(OTHERS)('%s and ours, in any order, both lose nothing', async (name) => {
  const stdout = await project.run(['run.cjs', name, inject('temporalAddress'), NAMESPACE]);
  const { alone, observed } = JSON.parse(stdout);

  expect(alone.result).toBe('hello');
  expect(alone.works).not.toEqual([]);
  for (const order of ['before', 'after']) {
    expect(observed[order], order).toMatchObject({
      result: alone.result,
      works: alone.works,
      attributes: { AgentTaskType: 'greet', AgentModel: 'gpt-4o-mini-2024-07-18', AgentTokens: 10 },
      inputTokens: [7],
      observerErrors: [],
      // What an integration brings into workflow code is meant to be there.
      modelSdks: [],
      records: 1,
    });
  }
});
