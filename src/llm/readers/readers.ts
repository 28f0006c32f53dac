import type { LlmCall } from '../types';
import { readAiSdk } from './ai-sdk';
import { readAnthropicMessages } from './anthropic-messages';
import { readEmbeddings } from './embeddings';
import { readOpenAiAgents } from './openai-agents';
import { readOpenAiChat } from './openai-chat';
import { readOpenAiResponses } from './openai-responses';
import type { FoundResponse } from './shapes';

/** Reader of each shape that `shapes.ts` recognises. */
export const READERS: ReadonlyMap<string, (found: FoundResponse) => LlmCall> = new Map([
  ['openai.chat', readOpenAiChat],
  ['openai.responses', readOpenAiResponses],
  ['anthropic.messages', readAnthropicMessages],
  ['ai-sdk.result', readAiSdk],
  ['ai-sdk.steps', readAiSdk],
  ['openai-agents.response', readOpenAiAgents],
  ['openai.embeddings', readEmbeddings],
  ['ai-sdk.embeddings', readEmbeddings],
]);
