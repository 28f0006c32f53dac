import path from 'node:path';

/** In a stack trace, where this package's own code is. */
const OWN_CODE = path.join(__dirname, '..', '..', 'workflow');

/** What failed a workflow task. */
export interface TaskFailure {
  readonly message: string;
  /** The line of the stack trace that is the user's, without indentation. */
  readonly place: string | undefined;
}

/** Core gives the failure of a workflow task as it stands in its memory; of that, what was thrown, and where. */
export function taskFailure(text: string): TaskFailure {
  const message = field(text, 'message');
  if (message === undefined) return { message: text, place: undefined };
  const places = field(text, 'stack_trace')?.match(/^ +at .*$/gm) ?? [];
  return { message, place: places.find((line) => !line.includes(OWN_CODE))?.trim() };
}

function field(text: string, name: string): string | undefined {
  const quoted = new RegExp(`${name}: "((?:[^"\\\\]|\\\\.)*)"`).exec(text)?.[1];
  return quoted?.replace(/\\(.)/g, (_, escaped) => (escaped === 'n' ? '\n' : escaped));
}
