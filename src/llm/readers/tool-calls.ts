import type { LlmToolCall } from '../types';
import type { View } from './view';

/** The tools among some items, those without a name left out. */
export function toolCalls(items: readonly View[] | undefined, idPath: string, ...namePaths: string[]): LlmToolCall[] {
  const calls: LlmToolCall[] = [];
  if (items === undefined) return calls;
  for (const item of items) {
    const namePath = namePaths.find((path) => item.word(path) !== undefined);
    const name = namePath && item.word(namePath);
    const id = item.word(idPath);
    if (name !== undefined) calls.push(id === undefined ? { name } : { name, id });
  }
  return calls;
}
