import { View } from './readers/view';
import { REQUEST_NESTS } from './request-model';

/** Where providers and frameworks have the messages of a conversation: chat APIs, OpenAI's responses, the AI SDK, Gemini. */
const KEYS = ['messages', 'input', 'prompt', 'contents', 'history'];

/** Most arguments that are looked at. */
const MAX_ARGS = 4;

/** The list of messages that an activity's arguments carry; `undefined` when there is none. Content. */
export function messageList(args: readonly unknown[]): readonly unknown[] | undefined {
  const count = Math.min(args.length, MAX_ARGS);
  for (let i = 0; i < count; i++) {
    const arg = args[i];
    if (typeof arg !== 'object' || arg === null) continue;
    if (Array.isArray(arg)) return arg;
    const list = listIn(arg) ?? nestedList(arg);
    if (list !== undefined) return list;
  }
  return undefined;
}

function nestedList(arg: object): readonly unknown[] | undefined {
  const view = new View(arg);
  for (const nest of REQUEST_NESTS) {
    const found = view.at(nest);
    const list = typeof found === 'object' && found !== null ? listIn(found) : undefined;
    if (list !== undefined) return list;
  }
  return undefined;
}

function listIn(value: object): readonly unknown[] | undefined {
  const view = new View(value);
  for (const key of KEYS) {
    const found = view.at(key);
    if (Array.isArray(found) && found.length > 0) return found;
  }
  return undefined;
}
