import { providerOfModel } from './provider';
import type { LlmReader } from './reader';
import { readUsage } from './usage';

/** Embeddings of AI SDK providers, which `invokeEmbeddingModel` of `@temporalio/ai-sdk` returns. They are no turn. */
export const aiSdkEmbeddings: LlmReader = {
  shape: 'ai-sdk.embeddings',

  recognise(view) {
    if (typeof view.at('embeddings.0.0') !== 'number' || view.count('usage.tokens') === undefined) return undefined;
    const usage = readUsage(view, { input: 'usage.tokens' });
    return { response: view, model: view.word('model'), usage, turns: 0 };
  },

  read({ model }) {
    return { provider: providerOfModel(model) ?? '_OTHER', operation: 'embeddings' };
  },
};
