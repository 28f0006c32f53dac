import { providerOfModel } from './provider';
import type { LlmReader } from './reader';
import { readUsage } from './usage';

/** Embeddings of OpenAI and of servers that speak its format. They are no turn of an agent. */
export const openAiEmbeddings: LlmReader = {
  shape: 'openai.embeddings',

  recognise(view) {
    if (!view.is('object', 'list') || !view.is('data.0.object', 'embedding')) return undefined;
    const usage = readUsage(view, { input: 'usage.prompt_tokens' });
    return { response: view, model: view.word('model'), usage, turns: 0 };
  },

  read({ model }) {
    return { provider: providerOfModel(model) ?? 'openai', operation: 'embeddings' };
  },
};
