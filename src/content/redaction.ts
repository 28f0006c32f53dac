/**
 * What is taken out of content before it is hashed and stored.
 *
 * @module
 */

import { fail } from '../definitions/option-checks';
import { redactFields } from './secret-fields';
import { redactTokens } from './secret-patterns';

/** What a text is that a {@link RedactFunction} gets. */
export interface RedactContext {
  readonly kind: 'input' | 'output' | 'error';
  readonly workflowType: string;
  readonly activityType: string;
}

/**
 * Takes out of a text what must not be stored, and returns the rest. The text of an input or output is JSON.
 *
 * Runs on the worker's main thread, synchronously. When it throws or returns anything but a string, nothing of this
 * text is stored and the record says `redactor-failed`.
 */
export type RedactFunction = (text: string, context: RedactContext) => string;

/** `default`: known secrets are replaced; `off`: text is stored as it is; a function runs after the default. */
export type RedactOption = 'default' | 'off' | RedactFunction;

/** Longest error message that is kept, in characters. */
export const MAX_ERROR_TEXT_CHARS = 2048;

/** A message longer than this is not looked through, only its beginning is. */
const MAX_ERROR_TEXT_READ_CHARS = 64 * 1024;

/**
 * Replaces known secrets by `[REDACTED]`: API keys and tokens of the usual providers, bearer tokens, JSON Web Tokens,
 * private keys, passwords in URLs, and the values of fields called `password`, `secret`, `token`, `authorization`,
 * `api_key` and the like. JSON stays JSON. Takes time linear in the text.
 */
export function redactSecrets(text: string): string {
  return redactFields(redactTokens(text));
}

/** As {@link redactSecrets}, for an error message; the result has at most 2,048 characters. */
export function redactErrorText(text: string): string {
  const beginning = text.length > MAX_ERROR_TEXT_READ_CHARS ? text.slice(0, MAX_ERROR_TEXT_READ_CHARS) : text;
  return truncate(redactSecrets(beginning), MAX_ERROR_TEXT_CHARS);
}

/** Cuts between characters, not within one. */
export function truncate(text: string, maxChars: number): string {
  if (text.length <= maxChars) return text;
  const cut = text.slice(0, maxChars - 1);
  return `${/[\ud800-\udbff]$/.test(cut) ? cut.slice(0, -1) : cut}…`;
}

/** Redaction as one worker has chosen it. */
export class Redactor {
  private readonly custom: RedactFunction | undefined;
  private readonly usesDefault: boolean;

  constructor(option: RedactOption = 'default') {
    if (option !== 'default' && option !== 'off' && typeof option !== 'function') {
      throw fail('redact', "a function, 'default' or 'off'", option);
    }
    this.custom = typeof option === 'function' ? option : undefined;
    this.usesDefault = option !== 'off';
  }

  /** What is left to do elsewhere: a function of the user's runs on the main thread, the default runs anywhere. */
  get runsAnywhere(): boolean {
    return this.custom === undefined;
  }

  get redactsByDefault(): boolean {
    return this.usesDefault;
  }

  /** @throws whatever the user's function throws, and TypeError when it does not return a string. */
  redact(text: string, context: RedactContext): string {
    const redacted = this.usesDefault ? redactSecrets(text) : text;
    return this.custom === undefined ? redacted : this.runCustom(redacted, context);
  }

  redactError(text: string, context: RedactContext): string {
    const redacted = this.usesDefault ? redactErrorText(text) : truncate(text, MAX_ERROR_TEXT_CHARS);
    return this.custom === undefined ? redacted : truncate(this.runCustom(redacted, context), MAX_ERROR_TEXT_CHARS);
  }

  private runCustom(text: string, context: RedactContext): string {
    const result: unknown = this.custom?.(text, context);
    if (typeof result !== 'string') throw new TypeError(`redact must return a string, got ${typeof result}`);
    return result;
  }
}
