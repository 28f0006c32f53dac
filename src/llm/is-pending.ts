import type { LlmCall } from './types';

/**
 * Whether the response still waits in the background: a receipt for a call that some later activity fetches. That it has
 * no usage is nothing missing, and nothing to estimate.
 */
export function isPending({ turns, operation }: LlmCall): boolean {
  return turns === 0 && operation !== 'embeddings';
}
