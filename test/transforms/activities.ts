import { completion } from '../plugin/activities';
import type { Hit } from './workflows/transforms';

/** Text in which no part is like another, as of a page; or of one character. */
export function pageOf(characters: number, only?: string): string {
  if (only !== undefined) return only.repeat(characters);
  let text = '';
  for (let i = 0; text.length < characters; i++) text += `Straße ${i} "führt" \\ nach ${i * i}.\n`;
  return text.slice(0, characters);
}

export const activities = {
  async readPage(characters: number, only?: string): Promise<string> {
    return pageOf(characters, only);
  },

  async search(characters: number): Promise<Hit[]> {
    return [
      { title: 'a "page"', text: pageOf(characters) },
      { title: 'another', text: 'short' },
    ];
  },

  async callModel(_request: unknown) {
    return completion();
  },

  async store(_value: string): Promise<void> {},
};

export type Activities = typeof activities;
