import type Anthropic from '@anthropic-ai/sdk';
import { cancellationSignal } from '@temporalio/activity';
import { asActivityFailure } from './provider-error';

export interface MessageRequest {
  readonly system: string;
  readonly messages: Anthropic.MessageParam[];
  readonly tools?: Anthropic.Tool[];
}

export function createAnthropicActivities(anthropic: Anthropic, model: string) {
  return {
    async createMessage(request: MessageRequest): Promise<Anthropic.Message> {
      try {
        return await anthropic.messages.create(
          { model, max_tokens: 2048, ...request },
          { signal: cancellationSignal() },
        );
      } catch (error) {
        throw asActivityFailure(error);
      }
    },
  };
}
