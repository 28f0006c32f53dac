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

/**
 * Characters that secrets have near their beginning and text seldom has. Looking for these first, and at what stands
 * before them, is several times as fast as trying every beginning everywhere.
 */
const ANCHOR = /[-_.J]|[IC]A|Iz|\/\//g;

/** What stands before a `-`, `_` or `.` that is an anchor. */
const PREFIX =
  /(?:sk|xox[a-z]|xapp|gl(?:pat|ptt|cbt)|xai|pplx|tvly|pypi|GOCSPX|gh[pousr]|github|hf|gsk|r8|rk|whsec|npm|do[opr]|lin|ntn|ya29|SG|hooks)$/;
const MAX_PREFIX_CHARS = 6;

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

const BEARER = /(?:[Bb]earer|BEARER)(?:\s|%20|\+){1,4}(?=[\w.~+/=-]{8})/g;

/** Replaces what looks like a secret by itself, whatever it stands in. */
export function redactTokens(text: string): string {
  const out = replaceSpans(text, ANCHOR, (match) => {
    const start = startOfCandidate(text, match.index);
    if (start === undefined) return skip(match.index + 1);
    CANDIDATE.lastIndex = start;
    const candidate = CANDIDATE.exec(text);
    return candidate === null ? skip(match.index + 1) : findSecret(text, candidate);
  });
  if (!out.includes('earer') && !out.includes('BEARER')) return out;
  return replaceSpans(out, BEARER, (match) => bearerToken(out, match.index + match[0].length));
}

function startOfCandidate(text: string, anchor: number): number | undefined {
  switch (text.charCodeAt(anchor)) {
    case 0x4a: // eyJ
      return text.startsWith('ey', anchor - 2) ? anchor - 2 : undefined;
    case 0x49: // AIza, AKIA, ASIA, ABIA
    case 0x43: // ACCA
      return text.charCodeAt(anchor - 1) === 0x41 ? anchor - 1 : anchor - 2;
    case 0x2f: // ://, 1//0
      return anchor - 1;
    default:
      if (text.startsWith('-----BEGIN ', anchor)) return anchor;
      if (!isAlphanumeric(text.charCodeAt(anchor - 1))) return undefined;
      return startOfPrefix(text, anchor);
  }
}

function startOfPrefix(text: string, anchor: number): number | undefined {
  const match = PREFIX.exec(text.slice(Math.max(0, anchor - MAX_PREFIX_CHARS), anchor));
  return match === null ? undefined : anchor - match[0].length;
}

/** Replaces what `find` makes of each match, and goes on behind it. */
function replaceSpans(text: string, pattern: RegExp, find: (match: RegExpExecArray) => Span): string {
  pattern.lastIndex = 0;
  let out = '';
  let done = 0;
  for (let match = pattern.exec(text); match !== null; match = pattern.exec(text)) {
    const { start, end } = find(match);
    if (start < end) {
      out += text.slice(done, start) + REDACTED;
      done = end;
    }
    pattern.lastIndex = end;
  }
  return done === 0 ? text : out + text.slice(done);
}

/** The span to replace; an empty span says where to go on. */
interface Span {
  readonly start: number;
  readonly end: number;
}

function findSecret(text: string, match: RegExpExecArray): Span {
  const { index } = match;
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

function bearerToken(text: string, start: number): Span {
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
