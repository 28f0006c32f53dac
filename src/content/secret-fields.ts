/**
 * Secrets that are known by the name in front of them: JSON fields at any level of escaping, `NAME=value` lines,
 * headers, query parameters.
 *
 * @module
 */

import { REDACTED } from './secret-patterns';

/**
 * Ends of names, in the spellings that names have: `clientSecret`, `CLIENT_SECRET`. The flag `i` would take three times
 * as long. `token` but not `tokens`, which counts something.
 */
const NAME = new RegExp(
  [
    '[pP]assw(?:or)?d|PASSW(?:OR)?D|[pP]assphrase|PASSPHRASE|[pP]wd|PWD',
    '[sS]ecret|SECRET|[cC]redentials?|CREDENTIALS?|[aA]uthorization|AUTHORIZATION|[cC]ookie|COOKIE',
    '[tT]oken|TOKEN|[cC]onnection_?[sS]tring|CONNECTION_STRING|[kK]ey|KEY',
  ].join('|'),
  'g',
);

/** A key is a secret when the word before says so; there are too many other keys. */
const SECRET_KEY = /(?:api|access|secret|private|signing|encryption|account|master|subscription)[_-]?$/i;

/** White space, and how it looks inside JSON strings. */
const SPACE = String.raw`(?:[ \t\r\n]|\\{1,15}[nrt]){0,40}`;

/** Behind the name: its closing quote if it has one, `:` or `=`, perhaps the beginning of a list. */
const SEPARATOR = new RegExp(
  String.raw`(?:[_-]?[iI][dD])?(\\{0,15}["'])?[ \t]{0,8}(:|=(?![=>]))[ \t]{0,8}(\[${SPACE})?`,
  'y',
);

/** Between two strings of a list, up to the quote of the second. */
const NEXT_IN_LIST = new RegExp(String.raw`\\{0,15}["']${SPACE},${SPACE}(?=\\{0,15}["'])`, 'y');

const OPENING_QUOTE = /(\\{0,15})(["'])/y;
const SCHEME = /(?:basic|digest|token|apikey|bot|negotiate)[ \t]{1,8}/iy;
const BARE_VALUE = /[^\s"'\\,;&<>(){}[\]]+/y;
const WORD = /^[A-Za-z]?[a-z]*[.!?]?$/;
const LITERAL = /^(?:null|true|false|undefined|none)$/i;

/** Replaces the values of fields whose names say that they are secret. Takes time linear in the text. */
export function redactFields(text: string): string {
  NAME.lastIndex = 0;
  let out = '';
  let done = 0;
  for (let match = NAME.exec(text); match !== null; match = NAME.exec(text)) {
    for (const { start, end, replacement } of findValues(text, match.index, match[0])) {
      out += text.slice(done, start) + replacement;
      done = end;
      NAME.lastIndex = end;
    }
  }
  return done === 0 ? text : out + text.slice(done);
}

interface Value {
  readonly start: number;
  readonly end: number;
  readonly replacement: string;
}

function findValues(text: string, index: number, name: string): readonly Value[] {
  SEPARATOR.lastIndex = index + name.length;
  const separator = SEPARATOR.exec(text);
  if (separator === null) return [];
  if (/^key$/i.test(name) && !SECRET_KEY.test(text.slice(Math.max(0, index - 16), index))) return [];
  const at = SEPARATOR.lastIndex;
  const [, nameQuote, sign, list] = separator;
  const quoted = findQuoted(text, at);
  if (quoted === undefined) {
    const value = findBare(text, at, { name, nameQuote, sign });
    return value === undefined ? [] : [value];
  }
  if (list !== undefined) return [quoted, ...findRestOfList(text, quoted.end)];
  return quoted.start === quoted.end || isLogprob(text, quoted.end, name) ? [] : [quoted];
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
  readonly sign: string | undefined;
}

/** A value without quotes: a number in JSON, or what follows `NAME=` and `Name:`. */
function findBare(text: string, at: number, { name, nameQuote, sign }: Field): Value | undefined {
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
  if (sign === ':' && !isPassword && start === at && WORD.test(value) && value.length < 16) return undefined;
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
