import type { LlmToolCall } from '../types';
import type { View } from './view';

/** The tools among some items, those without a name left out. */
export function toolCalls(items: readonly View[] | undefined, idPath: string, ...namePaths: string[]): LlmToolCall[] {
  const calls: LlmToolCall[] = [];
  for (const item of items ?? []) {
    const name = namePaths.map((path) => item.word(path)).find((found) => found !== undefined);
    const id = item.word(idPath);
    if (name !== undefined) calls.push(id === undefined ? { name } : { name, id });
  }
  return calls;
}
