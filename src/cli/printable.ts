/**
 * Text of others on a terminal. Names, subjects and notes come from whoever may start or signal a workflow; raw, they could
 * move the cursor, hide what stands before them, or type into the terminal.
 *
 * @module
 */

/** Control characters, those that turn the direction of writing, line separators, and halves of surrogate pairs. */
const UNPRINTABLE = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

/** The text on one line, with what cannot be printed as escapes. */
export function printable(text: string): string {
  return text.replace(UNPRINTABLE, escaped);
}

/** The text with its lines and tabs, and what else cannot be printed as escapes; JSON stays the same JSON. */
export function printableLines(text: string): string {
  return text.replace(UNPRINTABLE, (character) =>
    character === '\n' || character === '\t' ? character : escaped(character),
  );
}

/** No longer than `max` characters. */
export function shortened(text: string, max: number): string {
  return text.length <= max ? text : `${text.slice(0, max - 1).trimEnd()}…`;
}

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
