import { createHash } from 'node:crypto';
import type { Conversation } from './conversation';
import type { Directive } from './directive';

/** A failure to be played instead of, or amid, a response. */
export interface Fault {
  /** Only for this path, for example `/v1/messages`. Default: any. */
  readonly path?: string;
  /** Only for this model, as requested. Default: any. */
  readonly model?: string;
  /** HTTP status of an error response. */
  readonly status?: number;
  /** The provider's word for the error: OpenAI's `code`, Anthropic's `type`. Default: what it says with the status. */
  readonly code?: string;
  readonly message?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Whole body of the error response, instead of one in the provider's format. */
  readonly body?: unknown;
  /** Closes the connection without a response. */
  readonly drop?: boolean;
  /** Begins a stream and sends an error in it; a response that is no stream ends in its middle. */
  readonly breakStream?: boolean;
  /** How often. Default 1. */
  readonly times?: number;
}

/** Conversations whose played faults are remembered. */
const MAX_CONVERSATIONS = 10_000;

/** Which fault comes next: those a test queued, then those that the conversation planned for itself. */
export class Faults {
  private queue: { fault: Fault; left: number }[] = [];
  private readonly played = new Map<string, number>();

  add(fault: Fault): void {
    this.queue.push({ fault, left: fault.times ?? 1 });
  }

  next(path: string, conversation: Conversation, directive: Directive): Fault | undefined {
    const queued = this.queue.find(
      ({ fault }) => (fault.path ?? path) === path && (fault.model ?? conversation.model) === conversation.model,
    );
    if (queued !== undefined) {
      queued.left--;
      this.queue = this.queue.filter(({ left }) => left > 0);
      return queued.fault;
    }
    return this.planned(conversation, directive);
  }

  /** A conversation that came to its end may be held again from the start. */
  forget(conversation: Conversation): void {
    this.played.delete(keyOf(conversation));
  }

  private planned(conversation: Conversation, directive: Directive): Fault | undefined {
    if (directive.faults.length === 0) return undefined;
    const key = keyOf(conversation);
    const played = this.played.get(key) ?? 0;
    let before = 0;
    for (const { kind, times } of directive.faults) {
      before += times;
      if (played >= before) continue;
      this.remember(key, played + 1);
      const headers = directive.retryAfter === undefined ? {} : { 'retry-after': String(directive.retryAfter) };
      if (kind === 'drop') return { drop: true };
      if (kind === 'break') return { breakStream: true };
      if (kind === 'quota') return { status: 429, code: 'insufficient_quota', headers: { 'x-should-retry': 'false' } };
      return { status: kind, headers };
    }
    return undefined;
  }

  private remember(key: string, played: number): void {
    this.played.set(key, played);
    const [oldest] = this.played.keys();
    if (this.played.size > MAX_CONVERSATIONS && oldest !== undefined) this.played.delete(oldest);
  }
}

/** A conversation is known by how it begins. */
function keyOf({ model, texts }: Conversation): string {
  return createHash('sha256')
    .update(JSON.stringify([model, texts[0], texts[1]]))
    .digest('hex');
}
