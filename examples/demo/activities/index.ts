import type Anthropic from '@anthropic-ai/sdk';
import type OpenAI from 'openai';
import { createAnthropicActivities } from './anthropic-messages';
import { createOpenAiChatActivities } from './openai-chat';
import { createOpenAiResponsesActivities } from './openai-responses';
import { toolActivities } from './tools';

export interface ModelClients {
  readonly openai: OpenAI;
  readonly openaiModel: string;
  readonly anthropic: Anthropic;
  readonly anthropicModel: string;
}

export function createActivities({ openai, openaiModel, anthropic, anthropicModel }: ModelClients) {
  return {
    ...createOpenAiChatActivities(openai, openaiModel),
    ...createOpenAiResponsesActivities(openai, openaiModel),
    ...createAnthropicActivities(anthropic, anthropicModel),
    ...toolActivities,
  };
}

export type Activities = ReturnType<typeof createActivities>;
