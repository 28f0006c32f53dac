/**
 * How a model's response is recognised, and where its model and tokens are. This much the workflow sandbox needs too, so
 * it is kept small and apart from the rest, which the file of each shape reads.
 *
 * @module
 */

import type { LlmUsage } from '../types';
import { readUsage, sumUsage, type UsagePaths } from './usage';
import { View } from './view';

/** A recognised response. */
export interface Found {
  readonly shape: string;
  readonly response: View;
  readonly model: string | undefined;
  readonly usage: LlmUsage | undefined;
  readonly turns: number;
}

type Shape = (view: View) => Omit<Found, 'shape'> | undefined;

const CHAT: UsagePaths = {
  input: 'prompt_tokens',
  output: 'completion_tokens',
  total: 'total_tokens',
  cacheRead: 'prompt_tokens_details.cached_tokens',
  cacheWrite: 'prompt_tokens_details.cache_write_tokens',
  reasoning: 'completion_tokens_details.reasoning_tokens',
};
const RESPONSES: UsagePaths = {
  input: 'input_tokens',
  output: 'output_tokens',
  total: 'total_tokens',
  cacheRead: 'input_tokens_details.cached_tokens',
  cacheWrite: 'input_tokens_details.cache_write_tokens',
  reasoning: 'output_tokens_details.reasoning_tokens',
};
const MESSAGES: UsagePaths = {
  input: 'input_tokens',
  output: 'output_tokens',
  cacheRead: 'cache_read_input_tokens',
  cacheWrite: 'cache_creation_input_tokens',
  cacheWrite1h: 'cache_creation.ephemeral_1h_input_tokens',
  reasoning: 'output_tokens_details.thinking_tokens',
  inputExcludesCache: true,
};
/** Usage of AI SDK provider specification V3 and V4 is nested; that of V2 and of steps is flat. */
const AI_SDK_NESTED: UsagePaths = {
  input: 'inputTokens.total',
  output: 'outputTokens.total',
  cacheRead: 'inputTokens.cacheRead',
  cacheWrite: 'inputTokens.cacheWrite',
  reasoning: 'outputTokens.reasoning',
};
const AI_SDK_STEP: UsagePaths = {
  input: 'inputTokens',
  output: 'outputTokens',
  cacheRead: 'inputTokenDetails.cacheReadTokens',
  cacheWrite: 'inputTokenDetails.cacheWriteTokens',
  reasoning: 'outputTokenDetails.reasoningTokens',
};
const AI_SDK_FLAT: UsagePaths = {
  input: 'inputTokens',
  output: 'outputTokens',
  cacheRead: 'cachedInputTokens',
  reasoning: 'reasoningTokens',
};
/** Details are one record, or a list of one for each request that is summed up; a model response is one request. */
const AGENTS: UsagePaths = {
  input: 'inputTokens',
  output: 'outputTokens',
  cacheRead: 'inputTokensDetails.cached_tokens|inputTokensDetails.0.cached_tokens',
  cacheWrite: 'inputTokensDetails.cache_write_tokens|inputTokensDetails.0.cache_write_tokens',
  reasoning: 'outputTokensDetails.reasoning_tokens|outputTokensDetails.0.reasoning_tokens',
};
