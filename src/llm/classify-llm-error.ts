import { aiSdkErrors } from './errors/ai-sdk';
import { anthropicErrors } from './errors/anthropic';
import { type LlmErrorReader, prop, text } from './errors/error-fields';
import { networkErrors } from './errors/network';
import { openAiErrors } from './errors/openai';
import { temporalErrors } from './errors/temporal';
import type { LlmErrorInfo } from './types';

/** Readers in the order in which they are asked of each error of a chain. */
const READERS: readonly LlmErrorReader[] = [openAiErrors, anthropicErrors, aiSdkErrors, networkErrors];

/** Deepest cause that is looked at. */
const MAX_DEPTH = 5;

/** The error that another one wraps: the last try of the AI SDK's `RetryError`, else the cause. */
function inner(error: unknown): unknown {
  return prop(error, 'lastError') ?? prop(error, 'cause');
}

/** An error and what it wraps, outermost first; ends at a cycle. */
function chainOf(error: unknown): unknown[] {
  const chain: unknown[] = [];
  let current = error;
  while (current !== undefined && current !== null && chain.length <= MAX_DEPTH && !chain.includes(current)) {
    chain.push(current);
    current = inner(current);
  }
  return chain;
}

function readFirst(chain: readonly unknown[], readers: readonly LlmErrorReader[]): LlmErrorInfo | undefined {
  for (const error of chain) {
    for (const reader of readers) {
      const info = reader.read(error);
      if (info !== undefined) return info;
    }
  }
  return undefined;
}

/** What nothing knows: Temporal tries it again unless the failure forbids it. */
function unknownError(chain: readonly unknown[]): LlmErrorInfo {
  const forbidden = chain.some(
    (error) => text(error, 'name') === 'ApplicationFailure' && prop(error, 'nonRetryable') === true,
  );
  return { type: '_OTHER', retryable: !forbidden };
}

/**
 * Classifies what a model call threw: errors of `openai`, `@anthropic-ai/sdk` and the AI SDK, failures of Temporal's
 * OpenAI Agents integration, cancellations, timeouts and network errors, also where they are the cause of another error
 * (up to five levels). Errors are known by form, so it does not matter which copy of a library threw them.
 *
 * Use it where the error was thrown: conversion to a Temporal failure loses response headers, and Retry-After with them.
 *
 * @param error - Anything that was thrown.
 * @returns the class of the error; `_OTHER` and retryable, as Temporal takes it by default, when nothing knows it.
 *   `retryAfterMs` is in milliseconds. Never throws.
 *
 * @example
 * ```ts
 * const { type, retryable, retryAfterMs } = classifyLlmError(error);
 * throw ApplicationFailure.create({ type, nonRetryable: !retryable, nextRetryDelay: retryAfterMs, cause: error });
 * ```
 */
export function classifyLlmError(error: unknown): LlmErrorInfo {
  try {
    const chain = chainOf(error);
    // A provider's own error knows more than the Temporal failure that it was wrapped into.
    return readFirst(chain, READERS) ?? readFirst(chain, [temporalErrors]) ?? unknownError(chain);
  } catch {
    return { type: '_OTHER', retryable: true };
  }
}

/** Whether the error came from a model's provider or client library. */
export function isLlmError(error: unknown): boolean {
  return classifyLlmError(error).provider !== undefined;
}
