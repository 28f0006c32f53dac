import path from 'node:path';

/** In a stack trace, where this package's own code is. */
const OWN_CODE = path.join(__dirname, '..', '..', 'workflow');

/** Core gives the failure of a workflow task as it stands in its memory; of that, what was thrown, and where. */
export function taskFailure(message: string): string {
  const thrown = field(message, 'message');
  if (thrown === undefined) return message;
  const places = field(message, 'stack_trace')?.match(/^ +at .*$/gm) ?? [];
  const place = places.find((line) => !line.includes(OWN_CODE));
  return place === undefined ? thrown : `${thrown}\n${place}`;
}

function field(message: string, name: string): string | undefined {
  const quoted = new RegExp(`${name}: "((?:[^"\\\\]|\\\\.)*)"`).exec(message)?.[1];
  return quoted?.replace(/\\(.)/g, (_, escaped) => (escaped === 'n' ? '\n' : escaped));
}
