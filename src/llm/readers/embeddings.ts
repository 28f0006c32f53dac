import type { LlmReader } from '../types';
import { makeCall } from './call';
import { providerOfModel } from './provider';
import { readUsage } from './usage';

/** Embeddings of OpenAI and of AI SDK providers (`invokeEmbeddingModel`). They are no turn of an agent. */
export const embeddings: LlmReader = {
  shape: 'embeddings',
  read(view) {
    const openAi = view.is('object', 'list') && view.is('data.0.object', 'embedding');
    const aiSdk = typeof view.at('embeddings.0.0') === 'number' && view.count('usage.tokens') !== undefined;
    if (!openAi && !aiSdk) return undefined;
    const model = view.word('model');
    return makeCall({
      shape: openAi ? 'openai.embeddings' : 'ai-sdk.embeddings',
      provider: providerOfModel(model) ?? (openAi ? 'openai' : '_OTHER'),
      operation: 'embeddings',
      model,
      usage: readUsage(view, { input: openAi ? 'usage.prompt_tokens' : 'usage.tokens' }),
      turns: 0,
    });
  },
};
