import { defined } from '../../definitions/defined';

/** Longest id of an approval and longest name of a person, in characters. */
export const MAX_ID_CHARS = 200;
const MAX_NOTE_CHARS = 1000;

/** Actor and note, shortened; what is no text is left out. */
export function usableRemark(value: unknown): { actor?: string; note?: string } {
  const { actor, note } = Object(value) as { actor?: unknown; note?: unknown };
  return defined({ actor: text(actor, MAX_ID_CHARS), note: text(note, MAX_NOTE_CHARS) });
}

/** What is to be approved, in the words of the workflow. */
export function usableSubject(subject: unknown): string | undefined {
  return text(subject, MAX_NOTE_CHARS);
}

/** The id as it would stand in the book. */
export function shortened(id: string): string {
  return id.slice(0, MAX_ID_CHARS + 1);
}

function text(value: unknown, max: number): string | undefined {
  return typeof value === 'string' && value !== '' ? value.slice(0, max) : undefined;
}
