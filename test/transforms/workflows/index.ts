import { continueAsNew, proxyActivities, proxyLocalActivities } from '@temporalio/workflow';
import { allow, defineTransforms, type TransformFallback, transform } from 'temporal-agent-observability/workflow';
import type { Activities } from '../activities';
import { type Hit, transforms } from './transforms';

const { readPage, search, callModel, store } = proxyActivities<Activities>({
  startToCloseTimeout: '1 minute',
  retry: { maximumAttempts: 1 },
});
const local = proxyLocalActivities<Activities>({ startToCloseTimeout: '10 seconds' });

/** A loop that many agents share: which transform it applies comes as data. */
export async function sharedLoop(name: string, output: unknown, args?: unknown, fallback?: TransformFallback) {
  await store('begun');
  return transform(name, output, args, fallback === undefined ? {} : { fallback });
}

export async function withFallbackFunction(output: string): Promise<unknown> {
  return transform(
    'gone',
    output,
    { chars: 3 },
    { fallback: (page: string, { chars }: { chars: number }) => page.slice(0, chars) },
  );
}

export async function makingNamesUp(count: number): Promise<void> {
  await store('begun');
  for (let i = 0; i < count; i++) transform(`made-up-${i}`, 'x', undefined, { fallback: 'untransformed' });
  transform('what is the capital of France?', 'x', undefined, { fallback: 'untransformed' });
}

const steps: Record<string, (characters: number) => Promise<unknown>> = {
  asItIs: async (characters) => callModel([{ role: 'tool', content: await readPage(characters) }]),
  inAPrompt: async (characters) => callModel(`Summarise: ${await readPage(characters)}\nBe short.`),
  unwrapped: async (characters) => callModel([{ content: (await search(characters))[0]?.text }]),
  asObject: async (characters) => callModel({ messages: [{ content: { value: await search(characters) } }] }),
  asText: async (characters) => callModel([{ role: 'tool', content: JSON.stringify(await search(characters)) }]),
  fromLocal: async (characters) => callModel([await local.readPage(characters)]),
  toLocal: async (characters) => local.callModel([await readPage(characters)]),
  allowed: async (characters) => {
    allow('tool-output-oversized', 'the model is here to summarise it');
    return steps.asItIs?.(characters);
  },

  transformed: async (characters) => callModel([transforms.transform('head', await readPage(characters))]),
  titles: async (characters) => callModel(transforms.transform('titles', await search(characters))),
  shortenedByHand: async (characters) => callModel([(await readPage(characters)).slice(0, characters - 1)]),
  elsewhere: async (characters) => {
    const page = await readPage(characters);
    await store(page);
    return callModel(['a page was stored', page.length]);
  },
  conversation: async (characters) => {
    const messages: unknown[] = [];
    for (let turn = 0; turn < 12; turn++) {
      const page = await readPage(characters, 'x');
      messages.push({ role: 'tool', content: page.slice(0, characters / 10) });
      await callModel(messages);
    }
  },
};

/** One way for a tool's output to reach the model, or not. */
export async function agent(step: string, characters: number): Promise<void> {
  await steps[step]?.(characters);
  await store('done');
}

/** What calls models is known from the run before. */
export async function again(step: string, characters: number, runs: number): Promise<void> {
  await steps[step]?.(characters);
  if (runs > 1) await continueAsNew<typeof again>(step, characters, runs - 1);
}

export async function typed(hits: readonly Hit[]): Promise<readonly string[]> {
  return transforms.transform('titles', hits);
}

export async function definingLate(): Promise<void> {
  defineTransforms({ late: (page: string) => page });
}
