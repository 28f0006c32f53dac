import type { ClientOptions as AnthropicOptions } from '@anthropic-ai/sdk';
import type { ClientOptions as OpenAiOptions } from 'openai';

/** Where the SDKs find their providers. In production they read it from the environment. */
export interface ModelSettings {
  readonly openai: OpenAiOptions;
  readonly anthropic: AnthropicOptions;
}
