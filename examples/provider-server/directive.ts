/** What the text of a request asks this server to play; see the README beside this file. */
export interface Directive {
  /** Tools to call, one a turn, in this order. `undefined`: each offered tool once. */
  tools?: string[];
  /** How the last turn ends. Default: with a text. */
  ending?: 'refuse' | 'filter' | 'length';
  /** Length of the last text in characters. */
  large?: number;
  /** `off`: the response says nothing about tokens. */
  usage?: 'off';
  /** Milliseconds before the response. */
  delay?: number;
  /** Input tokens read from, and written to, a cache; output tokens spent on reasoning. */
  cached?: number;
  cacheWrite?: number;
  reasoning?: number;
  /** Faults before the conversation goes on, and the Retry-After of those that are a status, in seconds. */
  faults: PlannedFault[];
  retryAfter?: number;
}

export interface PlannedFault {
  /** An HTTP status, `quota` (429 `insufficient_quota`), `drop` (no response) or `break` (an error amid a stream). */
  readonly kind: number | 'quota' | 'drop' | 'break';
  readonly times: number;
}

const BLOCK = /\[plan:([^\]]*)\]/g;
const FAULT = /^(\d{3}|quota|drop|break)(?: (once|always|x\d+))?$/;
const SETTING = /^(large|usage|delay|cached|cache-write|reasoning|retry-after)=(\w+)$/;

/** Collects the directives in the system and user texts of a conversation. Throws on one that it does not know. */
export function parseDirective(texts: readonly string[]): Directive {
  const directive: Directive = { faults: [] };
  for (const text of texts) {
    for (const [, block = ''] of text.matchAll(BLOCK)) {
      for (const item of block.split(';')) apply(directive, item.trim());
    }
  }
  return directive;
}

/** The text as a person would have written it. */
export function withoutDirective(text: string): string {
  return text.replace(BLOCK, '').trim();
}

function apply(directive: Directive, item: string): void {
  const fault = FAULT.exec(item);
  const setting = SETTING.exec(item);
  if (item === '') return;
  if (item === 'refuse' || item === 'filter' || item === 'length') directive.ending = item;
  else if (item === 'large') directive.large = 200_000;
  else if (fault !== null) directive.faults.push({ kind: kindOf(fault[1] ?? ''), times: timesOf(fault[2]) });
  else if (setting !== null) set(directive, setting[1] ?? '', setting[2] ?? '');
  else if (/^[\w-]+( *, *[\w-]+)*$/.test(item)) directive.tools = item === 'none' ? [] : item.split(/ *, */);
  else throw new SyntaxError(`unknown item "${item}" in [plan: …]`);
}

function kindOf(word: string): PlannedFault['kind'] {
  return word === 'quota' || word === 'drop' || word === 'break' ? word : Number(word);
}

function timesOf(word: string | undefined): number {
  if (word === 'always') return Number.POSITIVE_INFINITY;
  return word === undefined || word === 'once' ? 1 : Number(word.slice(1));
}

function set(directive: Directive, name: string, value: string): void {
  if (name === 'usage') {
    if (value !== 'off') throw new SyntaxError(`usage=${value} in [plan: …]: expected off`);
    directive.usage = 'off';
    return;
  }
  const number = Number(value);
  if (!Number.isFinite(number)) throw new SyntaxError(`${name}=${value} in [plan: …]: expected a number`);
  if (name === 'large') directive.large = number;
  else if (name === 'delay') directive.delay = number;
  else if (name === 'cached') directive.cached = number;
  else if (name === 'cache-write') directive.cacheWrite = number;
  else if (name === 'reasoning') directive.reasoning = number;
  else directive.retryAfter = number;
}
