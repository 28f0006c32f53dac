import { APPROVAL_ID_MAX_CHARS, APPROVAL_NOTE_MAX_CHARS } from '../../definitions/approvals';
import { defined } from '../../definitions/defined';

/** Actor and note, shortened; what is no text is left out. */
export function usableRemark(value: unknown): { actor?: string; note?: string } {
  const { actor, note } = Object(value) as { actor?: unknown; note?: unknown };
  return defined({ actor: text(actor, APPROVAL_ID_MAX_CHARS), note: text(note, APPROVAL_NOTE_MAX_CHARS) });
}

/** What is to be approved, in the words of the workflow. */
export function usableSubject(subject: unknown): string | undefined {
  return text(subject, APPROVAL_NOTE_MAX_CHARS);
}

/** The id as it would stand in the book. */
export function shortened(id: string): string {
  return id.slice(0, APPROVAL_ID_MAX_CHARS + 1);
}

function text(value: unknown, max: number): string | undefined {
  return typeof value === 'string' && value !== '' ? value.slice(0, max) : undefined;
}
