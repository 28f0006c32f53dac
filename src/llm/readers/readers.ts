import { aiSdkSteps, aiSdkTurn } from './ai-sdk';
import { aiSdkEmbeddings } from './ai-sdk-embeddings';
import { anthropicMessages } from './anthropic-messages';
import { openAiAgents } from './openai-agents';
import { openAiChat } from './openai-chat';
import { openAiEmbeddings } from './openai-embeddings';
import { openAiResponses } from './openai-responses';
import type { LlmReader } from './reader';

/**
 * Every shape of responses that is known. To add one, write its {@link LlmReader} in a file of its own and add a line
 * here; nothing else knows the shapes.
 *
 * The first that recognises a value reads it, so what is unmistakable stands before what is told by a few properties.
 * All of it is bundled into the workflow sandbox: it imports nothing but what is in this folder.
 */
export const READERS: readonly LlmReader[] = [
  openAiChat,
  openAiResponses,
  anthropicMessages,
  aiSdkSteps,
  aiSdkTurn,
  openAiAgents,
  openAiEmbeddings,
  aiSdkEmbeddings,
];
