import type { ReportError } from '../definitions/observer-parts';
import { number } from '../definitions/option-checks';
import { encodingForModel, type TokenEncoding } from './encoding-for-model';
import { TokenCounter, TokensUnavailableError } from './token-counter';

/** Default of {@link CountTokensOptions.timeoutMs}. */
const DEFAULT_TIMEOUT_MS = 10_000;

/** Longest delay that a timer of Node takes, in milliseconds. */
const MAX_TIMEOUT_MS = 2 ** 31 - 1;

/** One for the process, whatever number of workers it has: a thread takes 50 to 90 MB per encoding. */
const counter = new TokenCounter();

export interface CountTokensOptions {
  /**
   * Model that the text is for, as its provider names it; a prefix of a router (`openai/`) is allowed. Decides the
   * encoding. Default: none, counted in `o200k_base`.
   */
  readonly model?: string;
  /** Longest to wait for the count, in milliseconds, queueing included. Default: 10,000. */
  readonly timeoutMs?: number;
}

export interface TokenCount {
  /** Tokens of the text alone, without what a provider adds around a message. */
  readonly tokens: number;
  /** The byte-pair encoding that was counted in. */
  readonly encoding: TokenEncoding;
  /** What a tokenizer counts is never what a provider bills. */
  readonly estimated: true;
  /**
   * Whether `encoding` is the model's own. `false` for models whose tokenizer is not published, as Anthropic's, and for
   * unknown names, which are counted in `o200k_base`.
   */
  readonly modelEncoding: boolean;
  /** Whether the text had more than 4 MiB in UTF-8, so that the count was projected from samples spread over it. */
  readonly sampled: boolean;
}

/**
 * Counts the tokens of a text, off the event loop.
 *
 * The count is that of `tiktoken`, except over unbroken runs of more than 256 letters, spaces or punctuation marks: a
 * tokenizer takes quadratic time over those, so they are cut. That puts the count of a run off by some 0.2 percent, and by
 * 3 at worst (`!?` repeated). Text that spells a special token (`<|endoftext|>`) counts as the text that it is.
 *
 * The first call of a process takes some 0.3 s longer: it starts the thread that counts and loads the encoding.
 *
 * @returns `undefined` when the text could not be counted in time: too much text waits already, or the thread fails.
 * @throws TypeError when `text` or `model` is no string or `timeoutMs` no number; RangeError when that is not above 0. No string throws.
 *
 * @example
 * ```ts
 * const count = await countTokens(prompt, { model: 'gpt-5.1' });
 * if (count !== undefined && count.tokens > budget) throw new Error('The prompt is too long.');
 * ```
 */
export async function countTokens(text: string, options: CountTokensOptions = {}): Promise<TokenCount | undefined> {
  const { model, timeoutMs = DEFAULT_TIMEOUT_MS } = options;
  assertString('text', text);
  if (model !== undefined) assertString('model', model);
  number('timeoutMs', timeoutMs, { above: 0 });
  const { encoding, own } = encodingForModel(model);
  try {
    const [counted] = await counter.count([text], encoding, Math.min(timeoutMs, MAX_TIMEOUT_MS));
    return counted && { ...counted, encoding, estimated: true, modelEncoding: own };
  } catch (error) {
    if (error instanceof TokensUnavailableError) return undefined;
    throw error;
  }
}

export interface EstimatedUsage {
  readonly inputTokens: number;
  readonly outputTokens: number;
}

/**
 * Estimates the usage of a call whose response carried none. `undefined` when there is no count; why goes to `report`.
 */
export async function estimateUsage(
  requestTexts: readonly string[],
  responseText: string,
  model: string | undefined,
  report: ReportError,
): Promise<EstimatedUsage | undefined> {
  const { encoding } = encodingForModel(model);
  try {
    const counted = await counter.count([responseText, ...requestTexts], encoding, DEFAULT_TIMEOUT_MS);
    const [outputTokens = 0, ...inputTokens] = counted.map(({ tokens }) => tokens);
    return { inputTokens: inputTokens.reduce((sum, tokens) => sum + tokens, 0), outputTokens };
  } catch (error) {
    report('tokens', error);
    return undefined;
  }
}

/**
 * Ends the thread that counts; counts under way give `undefined`. Not needed for the process to exit, and no harm to a
 * count that comes later: it starts the thread again.
 */
export function closeTokenCounter(): Promise<void> {
  return counter.close();
}

function assertString(name: string, value: unknown): asserts value is string {
  if (typeof value !== 'string') throw new TypeError(`${name}: expected a string, got ${describe(value)}`);
}

function describe(value: unknown): string {
  return value === null ? 'null' : typeof value;
}
