/**
 * Secrets that are known by how they begin.
 *
 * Regular expressions find candidates; they have no unbounded repetition, so they take time linear in any text and never
 * grow a backtracking stack. Where a secret ends is decided in code, and the search goes on behind it.
 *
 * @module
 */

export const REDACTED = '[REDACTED]';

/** Beginnings that ordinary text does not have, with the least that must follow. */
const VENDOR_TOKENS = [
  // AWS access key ids
  'A(?:KIA|SIA|BIA|CCA)[A-Z0-9]{16}',
  // Google: API keys, OAuth access and refresh tokens, OAuth client secrets
  'AIza[\\w-]{30}',
  'ya29\\.[\\w-]{16}',
  '1//0[\\w-]{20}',
  'GOCSPX-[\\w-]{20}',
  // GitHub and GitLab
  'gh[pousr]_[A-Za-z0-9]{16}',
  'github_pat_\\w{20}',
  'gl(?:pat|ptt|cbt)-[\\w-]{16}',
  // Slack
  'xox[a-z]-[\\w-]{8}',
  'xapp-[\\w-]{8}',
  'hooks\\.slack\\.com/(?:services|workflows|triggers)/\\w{8}',
  // OpenAI (project, service account, admin), Anthropic, OpenRouter, Langfuse
  'sk-(?:ant|proj|svcacct|admin|or|lf)-[\\w-]{8}',
  // Hugging Face, Groq, xAI, Replicate, Perplexity, Tavily
  'hf_[A-Za-z0-9]{16}',
  'gsk_[A-Za-z0-9]{16}',
  'xai-[A-Za-z0-9]{16}',
  'r8_[A-Za-z0-9]{16}',
  'pplx-[A-Za-z0-9]{16}',
  'tvly-[\\w-]{16}',
  // Stripe, SendGrid, npm, PyPI, DigitalOcean, Linear, Notion
  '[rs]k_(?:live|test)_[A-Za-z0-9]{8}',
  'whsec_[A-Za-z0-9+/]{16}',
  'SG\\.[\\w-]{16}',
  'npm_[A-Za-z0-9]{30}',
  'pypi-[\\w-]{16}',
  'do[opr]_v1_[a-f0-9]{16}',
  'lin_api_[A-Za-z0-9]{16}',
  'ntn_[A-Za-z0-9]{16}',
];

const CANDIDATE = new RegExp(
  [
    `(${VENDOR_TOKENS.join('|')})`,
    '(sk-[\\w-]{16})',
    '(eyJ[\\w-]{8})',
    '(://)',
    '(-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----)',
  ].join('|'),
  'y',
);

/** What stands before the `-`, `_` or `.` of a candidate. */
const PREFIXES: readonly string[] = [
  ...[
    'sk',
    'xapp',
    'glpat',
    'glptt',
    'glcbt',
    'xai',
    'pplx',
    'tvly',
    'pypi',
    'GOCSPX',
    'github',
    'hf',
    'gsk',
    'r8',
    'rk',
  ],
  ...['whsec', 'npm', 'lin', 'ntn', 'ya29', 'SG', 'hooks'],
  ...Array.from('pousr', (letter) => `gh${letter}`),
  ...Array.from('opr', (letter) => `do${letter}`),
  ...Array.from('abcdefghijklmnopqrstuvwxyz', (letter) => `xox${letter}`),
];
const PREFIX = new RegExp(`(?:${PREFIXES.join('|')})$`);
const MAX_PREFIX_CHARS = 6;

/** How they end: a look at two letters spares most places the regular expression. */
const PREFIX_ENDS: ReadonlySet<number> = new Set(PREFIXES.map((prefix) => pairBefore(prefix, prefix.length)));

const BEARER = /[Bb](?:earer|EARER)(?:\s|%20|\+){1,4}(?=[\w.~+/=-]{8})/y;

/** Replaces what looks like a secret by itself, whatever it stands in. */
export function redactTokens(text: string): string {
  // Searching for one character at a time is an order of magnitude faster than any regular expression.
  let out = text;
  for (const separator of ['-', '_', '.'] as const) out = replaceSpans(out, separator, findPrefixed);
  out = replaceSpans(out, 'J', findBase64Json);
  out = replaceSpans(out, 'A', findCandidate);
  out = replaceSpans(out, '/', findUrl);
  out = replaceSpans(out, 'B', findBearer);
  return replaceSpans(out, 'b', findBearer);
}

type Find = (text: string, at: number) => Span | undefined;

/** Replaces what `find` makes of each place of a character, and goes on behind it. */
function replaceSpans(text: string, character: string, find: Find): string {
  let out = '';
  let done = 0;
  let at = text.indexOf(character);
  while (at !== -1) {
    const span = find(text, at);
    if (span !== undefined && span.start >= done && span.start < span.end) {
      out += text.slice(done, span.start) + REDACTED;
      done = span.end;
    }
    at = text.indexOf(character, Math.max(at + 1, span?.end ?? 0));
  }
  return done === 0 ? text : out + text.slice(done);
}

function findPrefixed(text: string, at: number): Span | undefined {
  if (text.startsWith('-----BEGIN ', at)) return findCandidate(text, at);
  if (!PREFIX_ENDS.has(pairBefore(text, at))) return undefined;
  const prefix = PREFIX.exec(text.slice(Math.max(0, at - MAX_PREFIX_CHARS), at));
  return prefix === null ? undefined : findCandidate(text, at - prefix[0].length);
}

function findBase64Json(text: string, at: number): Span | undefined {
  return text.startsWith('ey', at - 2) ? findCandidate(text, at - 2) : undefined;
}

function findUrl(text: string, at: number): Span | undefined {
  return text.charCodeAt(at + 1) === 0x2f ? findCandidate(text, at - 1) : undefined;
}

/** The two characters before a place, as one number. */
export function pairBefore(text: string, at: number): number {
  return text.charCodeAt(at - 2) * 0x10000 + text.charCodeAt(at - 1);
}

/** The span to replace; an empty span says where to go on. */
interface Span {
  readonly start: number;
  readonly end: number;
}

function findCandidate(text: string, index: number): Span | undefined {
  CANDIDATE.lastIndex = index;
  const match = CANDIDATE.exec(text);
  if (match === null) return undefined;
  const next = index + match[0].length;
  const [, vendor, sk, base64Json, url, pem] = match;
  if (url !== undefined) return passwordInUrl(text, next);
  if (pem !== undefined) return { start: index, end: endOfPem(text, next) };
  if (!isStart(text, index)) return skip(next);
  const end = endOfToken(text, next);
  if (vendor !== undefined) return { start: index, end };
  const token = text.slice(index, end);
  // `sk-` begins names too (sk-learn-...), but a key without one digit or capital does not happen.
  if (sk !== undefined) return /[0-9A-Z]/.test(token) ? { start: index, end } : skip(end);
  // `eyJ` is how JSON begins in base64: a JWT or JWE when there are at least two dots, else perhaps just data.
  return base64Json !== undefined && dots(token) >= 2 ? { start: index, end } : skip(end);
}

function skip(end: number): Span {
  return { start: end, end };
}

/** Not in the middle of a word, unless what stands before is an escape: `\n`, `%20`, `\u001b[31m`. */
function isStart(text: string, at: number): boolean {
  return (
    !isAlphanumeric(text.charCodeAt(at - 1)) ||
    /(?:\\[nrtbf]|%[0-9A-Fa-f]{2}|\\u[0-9a-f]{4}|\[[0-9;]{1,8}m)$/.test(text.slice(Math.max(0, at - 12), at))
  );
}

function isAlphanumeric(code: number): boolean {
  return (code >= 0x30 && code <= 0x39) || (code >= 0x41 && code <= 0x5a) || (code >= 0x61 && code <= 0x7a);
}

function isTokenCharacter(code: number): boolean {
  return isAlphanumeric(code) || code === 0x2d || code === 0x5f;
}

/** `.`, `/`, `+`, `=`, `~` and `%` belong to a token when it goes on behind them, or are its padding. */
function endOfToken(text: string, from: number): number {
  let at = from;
  for (;;) {
    while (at < text.length && isTokenCharacter(text.charCodeAt(at))) at++;
    let joint = at;
    while (joint < text.length && '.+/=~%'.includes(text[joint] as string)) joint++;
    if (joint > at && isTokenCharacter(text.charCodeAt(joint))) at = joint;
    else return text[at] === '=' ? joint : at;
  }
}

function dots(text: string): number {
  let count = 0;
  for (let at = text.indexOf('.'); at !== -1; at = text.indexOf('.', at + 1)) count++;
  return count;
}

function findBearer(text: string, at: number): Span | undefined {
  const second = text.charCodeAt(at + 1);
  if (second !== 0x65 && second !== 0x45) return undefined;
  BEARER.lastIndex = at;
  if (!BEARER.test(text)) return undefined;
  const start = BEARER.lastIndex;
  const end = endOfToken(text, start);
  // Prose: "bearer certificates".
  const isWord = end - start < 16 && /^[A-Za-z][a-z]*$/.test(text.slice(start, end));
  return isWord ? skip(end) : { start, end };
}

/** `://user:password@`: the password up to the last `@` before the path. */
function passwordInUrl(text: string, from: number): Span {
  let colon = -1;
  let atSign = -1;
  let at = from;
  for (; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === 0x3a && colon === -1) colon = at;
    else if (code === 0x40) atSign = at;
    else if (code <= 0x20 || code === 0x22 || code === 0x27 || code === 0x2f || code === 0x5c || code === 0x3c) break;
  }
  return colon !== -1 && atSign > colon + 1 ? { start: colon + 1, end: atSign } : skip(from);
}

const PEM_END = '-----END ';

/** The end line, or, of a key that is cut off, the end of the string that it stands in. */
function endOfPem(text: string, from: number): number {
  let at = from;
  for (; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === 0x22) break;
    if (code === 0x2d && text.startsWith(PEM_END, at)) {
      const label = text.slice(at + PEM_END.length, at + PEM_END.length + 64);
      const close = label.indexOf('-----');
      return at + PEM_END.length + (close === -1 ? 0 : close + 5);
    }
  }
  // Backslashes belong to the quote.
  while (at > from && text.charCodeAt(at - 1) === 0x5c) at--;
  return at;
}
