import { cancellationSignal } from '@temporalio/activity';
import type OpenAI from 'openai';
import { asActivityFailure } from './provider-error';

export interface ResponseRequest {
  readonly instructions: string;
  readonly input: string;
}

export function createOpenAiResponsesActivities(openai: OpenAI, model: string) {
  return {
    async createResponse(request: ResponseRequest): Promise<OpenAI.Responses.Response> {
      try {
        return await openai.responses.create({ model, ...request }, { signal: cancellationSignal() });
      } catch (error) {
        throw asActivityFailure(error);
      }
    },
  };
}
