import type { LlmReader } from '../types';
import { aiSdk } from './ai-sdk';
import { anthropicMessages } from './anthropic-messages';
import { embeddings } from './embeddings';
import { openAiAgents } from './openai-agents';
import { openAiChat } from './openai-chat';
import { openAiResponses } from './openai-responses';

/** Every reader, in the order in which they are asked. */
export const READERS: readonly LlmReader[] = [
  openAiChat,
  openAiResponses,
  anthropicMessages,
  aiSdk,
  openAiAgents,
  embeddings,
];
