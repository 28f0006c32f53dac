import { findResponse } from './readers/find-response';

/** What an agent's state takes from a model's response. */
export interface ModelTurns {
  /** Model turns inside the value; see `LlmCall.turns`. */
  readonly turns: number;
  /** Model and version as the response names it. */
  readonly model?: string;
  /** Input and output tokens together; absent when the provider reported none. */
  readonly tokens?: number;
}

/**
 * The part of `readLlmCall` that the workflow sandbox needs: it recognises the same values and counts the same tokens,
 * and leaves the rest unread. Pure, and never throws.
 */
export function readModelTurns(value: unknown): ModelTurns | undefined {
  try {
    const found = findResponse(value);
    if (found === undefined) return undefined;
    const { turns, model, usage } = found;
    return {
      turns,
      ...(model !== undefined && { model }),
      ...(usage !== undefined && { tokens: (usage.inputTokens ?? 0) + (usage.outputTokens ?? 0) }),
    };
  } catch {
    return undefined;
  }
}
