import type { LlmCall } from '../types';
import { makeCall } from './call';
import { providerOfModel } from './provider';
import type { FoundResponse } from './shapes';

/** Embeddings of OpenAI and of AI SDK providers (`invokeEmbeddingModel`). */
export function readEmbeddings(found: FoundResponse): LlmCall {
  const shapeProvider = found.shape === 'openai.embeddings' ? 'openai' : '_OTHER';
  return makeCall(found, { provider: providerOfModel(found.model) ?? shapeProvider, operation: 'embeddings' });
}
