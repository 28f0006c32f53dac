/**
 * Questions over HTTP to parts that may be anything: slow, endless, or not what they are taken for.
 *
 * @module
 */

import { Unanswered } from './unanswered';

/** A page of metrics, or all rules of a large Prometheus, fits; what is longer is not read. */
const MAX_BODY_BYTES = 32 * 1024 * 1024;

export interface Answer {
  readonly status: number;
  /** Empty when none was sent. */
  readonly contentType: string;
  readonly text: string;
}

/** A server below one address. */
export class HttpTarget {
  private constructor(
    private readonly base: URL,
    private readonly headers: Readonly<Record<string, string>>,
    private readonly timeoutMs: number,
  ) {}

  /** @param address may carry user and password, which are sent as basic authentication and shown nowhere */
  static at(address: string, timeoutMs: number, token?: string): HttpTarget {
    const base = new URL(address);
    const { username, password } = base;
    base.username = '';
    base.password = '';
    base.hash = '';
    const basic = Buffer.from(`${decoded(username)}:${decoded(password)}`).toString('base64');
    const authorization = token !== undefined ? `Bearer ${token}` : username === '' ? undefined : `Basic ${basic}`;
    return new HttpTarget(base, authorization === undefined ? {} : { authorization }, timeoutMs);
  }

  /** The same server below a path. */
  below(path: string): HttpTarget {
    return new HttpTarget(this.url(path), this.headers, this.timeoutMs);
  }

  /** Nothing is said of a path. */
  get isRoot(): boolean {
    return this.base.pathname === '/';
  }

  /** The address as it may be shown. */
  get address(): string {
    return this.base.href.replace(/\/$/, '');
  }

  /** Where a path below the address is. */
  url(path = '', query: Readonly<Record<string, string>> = {}): URL {
    const url = new URL(this.base);
    if (path !== '') url.pathname = url.pathname.replace(/\/$/, '') + path;
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
    return url;
  }

  /** @throws Unanswered when there is no answer in time, or one without end */
  async get(path = '', query: Readonly<Record<string, string>> = {}): Promise<Answer> {
    const url = this.url(path, query);
    const shown = `${url.origin}${url.pathname}`;
    try {
      const signal = AbortSignal.timeout(this.timeoutMs);
      const response = await fetch(url, { headers: this.headers, signal });
      const text = await readBounded(response, shown);
      return { status: response.status, contentType: response.headers.get('content-type') ?? '', text };
    } catch (error) {
      if (error instanceof Unanswered) throw error;
      if ((error as Error).name === 'TimeoutError') {
        throw new Unanswered(`${shown} did not answer within ${this.timeoutMs / 1000} s`, false, { cause: error });
      }
      const { cause } = error as Error;
      const code = (cause as NodeJS.ErrnoException | undefined)?.code;
      const reason = code ?? (cause instanceof Error ? cause.message : (error as Error).message);
      throw new Unanswered(`${shown} cannot be reached: ${reason}`, code === 'ECONNREFUSED', { cause: error });
    }
  }

  /** @throws Unanswered also for a status that is no success, and for what is no JSON */
  async json(path: string, query: Readonly<Record<string, string>> = {}): Promise<unknown> {
    const { origin, pathname } = this.url(path);
    const { status, text } = await this.get(path, query);
    if (status < 200 || status > 299) throw new Unanswered(`${origin}${pathname} answers with status ${status}`);
    try {
      return JSON.parse(text);
    } catch (error) {
      const what = /^\s*</.test(text) ? 'HTML' : 'something else';
      throw new Unanswered(`${origin}${pathname} answers with ${what} instead of JSON`, false, { cause: error });
    }
  }
}

async function readBounded(response: Response, shown: string): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.length;
    // Leaving the loop ends the transfer.
    if (bytes > MAX_BODY_BYTES) throw new Unanswered(`${shown} sends more than ${MAX_BODY_BYTES / 1024 ** 2} MiB`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
