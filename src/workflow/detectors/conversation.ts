/**
 * Whether a list of messages is a conversation that was sent before, and has grown since.
 *
 * @module
 */

export interface Conversation {
  readonly head: readonly unknown[];
  readonly length: number;
  /** How often the list came back longer. */
  readonly resent: number;
}

/** First messages by which a conversation is known again; later ones may be cut or marked. */
const HEAD = 3;
const MAX_DEPTH = 3;
const MAX_PARTS = 16;

/** The conversation with what is sent now, or `undefined` when that is another one. Begins one where there is none. */
export function continueConversation(before: undefined, messages: readonly unknown[]): Conversation;
export function continueConversation(before: Conversation, messages: readonly unknown[]): Conversation | undefined;
export function continueConversation(
  before: Conversation | undefined,
  messages: readonly unknown[],
): Conversation | undefined {
  const head = messages.slice(0, HEAD);
  const { length } = messages;
  if (before === undefined) return { head, length, resent: 0 };
  if (length < before.length || !before.head.every((message, i) => alike(message, head[i], MAX_DEPTH)))
    return undefined;
  return { head, length, resent: length > before.length ? before.resent + 1 : before.resent };
}

/** Equal as far as it is cheap to see: frameworks build their messages anew for each call. */
function alike(a: unknown, b: unknown, depth: number): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (depth === 0) return true;
  const keys = Object.keys(a);
  if (keys.length !== Object.keys(b).length) return false;
  return keys.slice(0, MAX_PARTS).every((key) => alike(own(a, key), own(b, key), depth - 1));
}

/** What a getter would say is not asked for: it is user code. */
function own(value: object, key: string): unknown {
  return Object.getOwnPropertyDescriptor(value, key)?.value;
}
