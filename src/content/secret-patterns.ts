/**
 * Secrets that are known by how they begin.
 *
 * One regular expression finds candidates; it has no unbounded repetition, no lookbehind and no second chance at a
 * position, so it takes time linear in any text and never grows a backtracking stack. Where a secret ends is decided
 * in code, and the search goes on behind it.
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
  // Stripe, SendGrid, npm, PyPI, DigitalOcean, Databricks, Linear, Notion
  '[rs]k_(?:live|test)_[A-Za-z0-9]{8}',
  'whsec_[A-Za-z0-9+/]{16}',
  'SG\\.[\\w-]{16}',
  'npm_[A-Za-z0-9]{30}',
  'pypi-[\\w-]{16}',
  'do[opr]_v1_[a-f0-9]{16}',
  'dapi[a-f0-9]{32}',
  'lin_api_[A-Za-z0-9]{16}',
  'ntn_[A-Za-z0-9]{16}',
];

const CANDIDATE = new RegExp(
  [
    `(${VENDOR_TOKENS.join('|')})`,
    '(sk-[\\w-]{16})',
    '(eyJ[\\w-]{8})',
    '((?:[Bb]earer|BEARER)(?:\\s|%20|\\+){1,4}[\\w.~+/=-]{8})',
    '(://)',
    '(-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----)',
    '((?:AccountKey|SharedAccessKey|SharedAccessSignature)=)[\\w+/]',
  ].join('|'),
  'g',
);

/** Replaces what looks like a secret by itself, whatever it stands in. */
export function redactTokens(text: string): string {
  CANDIDATE.lastIndex = 0;
  let out = '';
  let done = 0;
  for (let match = CANDIDATE.exec(text); match !== null; match = CANDIDATE.exec(text)) {
    const found = findSecret(text, match);
    if (found.start < found.end) {
      out += text.slice(done, found.start) + REDACTED;
      done = found.end;
    }
    CANDIDATE.lastIndex = found.end;
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
  const next = CANDIDATE.lastIndex;
  const [, vendor, sk, base64Json, bearer, url, pem, azure] = match;
  if (vendor !== undefined)
    return isStart(text, index) ? { start: index, end: endOfToken(text, next) } : skip(index + 1);
  if (url !== undefined) return passwordInUrl(text, next);
  if (pem !== undefined) return { start: index, end: endOfPem(text, next) };
  if (azure !== undefined) return { start: index + azure.length, end: endOfToken(text, next) };
  const end = endOfToken(text, next);
  if (bearer !== undefined) return bearerToken(text, index, end);
  if (!isStart(text, index)) return skip(index + 1);
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

function bearerToken(text: string, index: number, end: number): Span {
  const match = /^.{6}(?:\s|%20|\+)+/.exec(text.slice(index, index + 24));
  const start = index + (match?.[0].length ?? 6);
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
