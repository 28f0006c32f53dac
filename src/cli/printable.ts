/**
 * Text of others on a terminal. Names, subjects and notes come from whoever may start or signal a workflow; raw, they could
 * move the cursor, hide what stands before them, or type into the terminal.
 *
 * @module
 */

/** Control characters, those that turn the direction of writing, line separators, and halves of surrogate pairs. */
const UNPRINTABLE = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

/** In JSON, which escapes the first 32 control characters by itself; line breaks stand between its parts. */
const UNPRINTABLE_IN_JSON = /[\u007f-\u009f\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

/** The text on one line, with what cannot be printed as escapes. */
export function printable(text: string): string {
  return text.replace(UNPRINTABLE, escaped);
}

/** No longer than `max` characters. */
export function shortened(text: string, max: number): string {
  return text.length <= max ? text : `${text.slice(0, max - 1).trimEnd()}…`;
}

/** A value as JSON that is safe to print. */
export function printableJson(value: unknown): string {
  return JSON.stringify(value, null, 2).replace(UNPRINTABLE_IN_JSON, escaped);
}

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
