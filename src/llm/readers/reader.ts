import type { LlmCall, LlmToolCall, LlmUsage } from '../types';
import type { View } from './view';

/** A recognised response, with what the workflow sandbox needs of it. */
export interface FoundResponse {
  /** The response itself, which may be a part of the value that was looked at. */
  readonly response: View;
  readonly model: string | undefined;
  readonly usage: LlmUsage | undefined;
  /** See `LlmCall.turns`. */
  readonly turns: number;
}

/** What a response says beside its model and tokens. */
export interface ResponseDetails {
  readonly provider: string;
  /** Default: `chat`. */
  readonly operation?: LlmCall['operation'];
  readonly responseId?: string | undefined;
  readonly finishRaw?: string | undefined;
  /** Where `finishRaw` is another word than the one that tells. */
  readonly finishWord?: string;
  /** Default: whether `finishRaw` is `refusal`. */
  readonly refusal?: boolean;
  readonly toolCalls?: readonly LlmToolCall[];
}

/** Reads one shape of responses. Pure, and takes nothing for granted: any value may come. */
export interface LlmReader {
  /** Value of `LlmCall.shape`. */
  readonly shape: string;
  /** Asked of every result of every activity, so it looks at a few properties only; `undefined` for another shape. */
  recognise(view: View): FoundResponse | undefined;
  /** Reads the rest of what this reader recognised. */
  read(found: FoundResponse): ResponseDetails;
}
