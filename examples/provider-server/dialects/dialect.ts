import type { Answer } from '../answer';
import type { Conversation, Json } from '../conversation';
import type { Fault } from '../faults';

/** What a response needs beside the answer. */
export interface ResponseContext {
  /** Unique in this server, the same in the same order of requests. */
  readonly id: string;
  /** Model and version that answers. */
  readonly model: string;
  /** Whether the response carries usage. */
  readonly withUsage: boolean;
}

export interface ServerSentEvent {
  readonly event?: string;
  readonly data: unknown;
}

/** A provider's wire format. */
export interface Dialect {
  readonly path: string;
  /** Header in which the provider sends the id of a request. */
  readonly requestIdHeader: string;
  parse(body: Json): Conversation;
  response(answer: Answer, context: ResponseContext): Json;
  events(answer: Answer, context: ResponseContext): Iterable<ServerSentEvent>;
  errorBody(fault: Fault & { readonly status: number }, requestId: string): Json;
  /** An error amid a stream. */
  errorEvent(): ServerSentEvent;
}

/** Seconds since the epoch that every response carries: answers do not depend on the clock. */
export const CREATED = 1_760_000_000;

/** Pieces of a text, as a stream sends them. */
export function pieces(text: string): string[] {
  const size = Math.max(24, Math.ceil(text.length / 40));
  const parts: string[] = [];
  for (let start = 0; start < text.length; start += size) parts.push(text.slice(start, start + size));
  return parts;
}
