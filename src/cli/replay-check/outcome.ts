import { redactErrorText } from '../../content/redaction';
import { type Divergence, describeNondeterminism } from '../../definitions/nondeterminism';
import { taskFailure } from '../workflow-code/task-failure';

/** What became of one run. */
export type Outcome =
  | { readonly kind: 'compatible' }
  /** The code takes another way than history. */
  | { readonly kind: 'diverges'; readonly divergence: Divergence }
  /** The code throws where history goes on. */
  | { readonly kind: 'fails'; readonly words: string }
  /** Nothing can be said about it. */
  | { readonly kind: 'unchecked'; readonly words: string };

export const COMPATIBLE: Outcome = { kind: 'compatible' };

const NONDETERMINISM = /\[TMPRL1100\] Nondeterminism error: (.*)/s;

/** The error of the SDK's default payload converter when a codec is missing. */
const UNKNOWN_ENCODING = /^Unknown encoding: /;

/** @param error what the SDK says of the replay of one history */
export function outcomeOf(error: Error | undefined): Outcome {
  if (error === undefined) return COMPATIBLE;
  const { name, message } = error;
  const nondeterminism = NONDETERMINISM.exec(message)?.[1];
  if (nondeterminism !== undefined || name === 'DeterminismViolationError') {
    return { kind: 'diverges', divergence: describeNondeterminism(nondeterminism ?? message) };
  }
  const words = redactErrorText(taskFailure(message));
  if (UNKNOWN_ENCODING.test(words)) {
    return { kind: 'unchecked', words: `its payloads need a codec: ${words}; give --data-converter` };
  }
  return message.includes('workflow task failure') ? { kind: 'fails', words } : { kind: 'unchecked', words };
}
