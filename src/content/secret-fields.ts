/**
 * Secrets that are known by the name in front of them: JSON fields at any level of escaping, `NAME=value` lines,
 * headers, query parameters.
 *
 * @module
 */

import { pairBefore, REDACTED } from './secret-patterns';

/** Ends of names. `token` but not `tokens`, which counts something; a key only with the word that makes it secret. */
const NAME =
  /(?:passw(?:or)?d|passphrase|pwd|secret|credentials?|authorization|cookie|token|connection[_-]?string|(?:api|access|secret|private|signing|encryption|account|master|subscription)[_-]?key(?:[_-]?id)?)$/i;
const MAX_NAME_CHARS = 24;

/** The last two letters of each: a look at them spares most names the whole comparison. */
const LAST_LETTERS: ReadonlySet<number> = new Set(
  ['rd', 'wd', 'se', 'et', 'al', 'ls', 'on', 'ie', 'en', 'ng', 'ey', 'id'].flatMap((pair) => {
    const [first = '', second = ''] = pair;
    const spellings = [pair, pair.toUpperCase(), first.toUpperCase() + second, first + second.toUpperCase()];
    return spellings.map((spelling) => pairBefore(spelling, 2));
  }),
);

/** White space, and how it looks inside JSON strings. */
const SPACE = String.raw`(?:[ \t\r\n]|\\{1,15}[nrt]){0,40}`;

/** Between `:` or `=` and the value: perhaps the beginning of a list. */
const BEFORE_VALUE = new RegExp(String.raw`[ \t]{0,8}(\[${SPACE})?`, 'y');

/** Between two strings of a list, up to the quote of the second. */
const NEXT_IN_LIST = new RegExp(String.raw`\\{0,15}["']${SPACE},${SPACE}(?=\\{0,15}["'])`, 'y');

const OPENING_QUOTE = /(\\{0,15})(["'])/y;
const SCHEME = /(?:basic|digest|token|apikey|bot|negotiate)[ \t]{1,8}/iy;
const BARE_VALUE = /(?![=>])[^\s"'\\,;&<>(){}[\]]+/y;
const WORD = /^[A-Za-z]?[a-z]*[.!?]?$/;
const LITERAL = /^(?:null|true|false|undefined|none)$/i;

/** Replaces the values of fields whose names say that they are secret. Takes time linear in the text. */
export function redactFields(text: string): string {
  let out = '';
  let done = 0;
  let colon = text.indexOf(':');
  let equals = text.indexOf('=');
  while (colon !== -1 || equals !== -1) {
    const isColon = equals === -1 || (colon !== -1 && colon < equals);
    const sign = isColon ? colon : equals;
    for (const { start, end, replacement } of findValues(text, sign, done)) {
      out += text.slice(done, start) + replacement;
      done = end;
    }
    const next = Math.max(sign + 1, done);
    if (colon !== -1 && colon < next) colon = text.indexOf(':', next);
    if (equals !== -1 && equals < next) equals = text.indexOf('=', next);
  }
  return done === 0 ? text : out + text.slice(done);
}

interface Value {
  readonly start: number;
  readonly end: number;
  readonly replacement: string;
}

const NONE: readonly Value[] = [];

/** Values behind a `:` or `=`, when the name before it asks for it. The name begins at `from` or later. */
function findValues(text: string, sign: number, from: number): readonly Value[] {
  const endOfQuote = skipBack(text, sign, 8, isBlank);
  const quote = text.charCodeAt(endOfQuote - 1);
  const isQuoted = quote === 0x22 || quote === 0x27;
  const endOfName = isQuoted ? skipBack(text, endOfQuote - 1, 15, isBackslash) : endOfQuote;
  if (!LAST_LETTERS.has(pairBefore(text, endOfName))) return NONE;
  const name = NAME.exec(text.slice(Math.max(from, endOfName - MAX_NAME_CHARS), endOfName))?.[0];
  if (name === undefined) return NONE;
  BEFORE_VALUE.lastIndex = sign + 1;
  const isList = BEFORE_VALUE.exec(text)?.[1] !== undefined;
  const at = BEFORE_VALUE.lastIndex;
  const quoted = findQuoted(text, at);
  if (quoted === undefined) {
    const nameQuote = isQuoted ? text.slice(endOfName, endOfQuote) : undefined;
    const value = findBare(text, at, { name, nameQuote, isColon: text[sign] === ':' });
    return value === undefined ? NONE : [value];
  }
  if (isList) return [quoted, ...findRestOfList(text, quoted.end)];
  return quoted.start === quoted.end || isLogprob(text, quoted.end, name) ? NONE : [quoted];
}

function skipBack(text: string, from: number, most: number, skips: (code: number) => boolean): number {
  let at = from;
  while (at > 0 && from - at < most && skips(text.charCodeAt(at - 1))) at--;
  return at;
}

function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x09;
}

function isBackslash(code: number): boolean {
  return code === 0x5c;
}

function findQuoted(text: string, at: number): Value | undefined {
  OPENING_QUOTE.lastIndex = at;
  const quote = OPENING_QUOTE.exec(text);
  if (quote === null) return undefined;
  const [opening, escapes = '', mark = ''] = quote;
  const start = at + opening.length;
  return { start, end: endOfQuoted(text, start, mark, escapes.length), replacement: REDACTED };
}

function findRestOfList(text: string, from: number): readonly Value[] {
  const values: Value[] = [];
  NEXT_IN_LIST.lastIndex = from;
  while (NEXT_IN_LIST.test(text)) {
    const value = findQuoted(text, NEXT_IN_LIST.lastIndex);
    if (value === undefined) break;
    values.push(value);
    NEXT_IN_LIST.lastIndex = value.end;
  }
  return values;
}

interface Field {
  readonly name: string;
  readonly nameQuote: string | undefined;
  readonly isColon: boolean;
}

/** A value without quotes: a number in JSON, or what follows `NAME=` and `Name:`. */
function findBare(text: string, at: number, { name, nameQuote, isColon }: Field): Value | undefined {
  SCHEME.lastIndex = at;
  const start = SCHEME.test(text) ? SCHEME.lastIndex : at;
  BARE_VALUE.lastIndex = start;
  const value = BARE_VALUE.exec(text)?.[0];
  if (value === undefined || LITERAL.test(value)) return undefined;
  const end = start + value.length;
  const isPassword = /^p/i.test(name);
  // A number behind a quoted name: a password may be one, a token of that kind is an index of a vocabulary.
  if (nameQuote !== undefined) {
    return isPassword ? { start, end, replacement: nameQuote + REDACTED + nameQuote } : undefined;
  }
  // Prose: "the token: a piece of text".
  if (isColon && !isPassword && start === at && WORD.test(value) && value.length < 16) return undefined;
  return { start, end, replacement: REDACTED };
}

/** Where a string ends that was opened by a quote behind `escapes` backslashes. */
function endOfQuoted(text: string, start: number, mark: string, escapes: number): number {
  let at = text.indexOf(mark, start);
  while (at !== -1) {
    let backslashes = 0;
    while (at - backslashes > start && text.charCodeAt(at - backslashes - 1) === 0x5c) backslashes++;
    // Fewer backslashes close a string further out; more of them are an escaped quote inside.
    if (backslashes <= escapes) return at - backslashes;
    at = text.indexOf(mark, at + 1);
  }
  return text.length;
}

/** Log probabilities name each piece of the model's own answer `token`. */
function isLogprob(text: string, at: number, name: string): boolean {
  return name === 'token' && /^\\{0,15}"\s{0,4},\s{0,4}\\{0,15}"(?:logprob|bytes)/.test(text.slice(at, at + 48));
}
