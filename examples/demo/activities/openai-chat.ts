import { cancellationSignal, heartbeat } from '@temporalio/activity';
import type OpenAI from 'openai';
import { asActivityFailure } from './provider-error';

export interface ChatRequest {
  readonly messages: OpenAI.ChatCompletionMessageParam[];
  readonly tools?: OpenAI.ChatCompletionTool[];
}

export function createOpenAiChatActivities(openai: OpenAI, model: string) {
  return {
    async chatCompletion(request: ChatRequest): Promise<OpenAI.ChatCompletion> {
      try {
        return await openai.chat.completions.create({ model, ...request }, { signal: cancellationSignal() });
      } catch (error) {
        throw asActivityFailure(error);
      }
    },

    /** For answers that take minutes: streams, and heartbeats with every part, so that a dead worker is noticed. */
    async streamChatCompletion(request: ChatRequest): Promise<OpenAI.ChatCompletion> {
      try {
        const stream = openai.chat.completions.stream(
          // Without include_usage a stream says nothing about tokens.
          { model, ...request, stream_options: { include_usage: true } },
          { signal: cancellationSignal() },
        );
        let parts = 0;
        for await (const _ of stream) heartbeat({ parts: ++parts });
        return await stream.finalChatCompletion();
      } catch (error) {
        throw asActivityFailure(error);
      }
    },
  };
}
