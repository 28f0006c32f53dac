import { redactErrorText } from '../../content/redaction';
import { type Divergence, describeNondeterminism } from '../../definitions/nondeterminism';
import { taskFailure } from '../workflow-code/task-failure';

/** What became of one run. */
export type Outcome =
  | { readonly kind: 'compatible' }
  /** The code takes another way than history. */
  | { readonly kind: 'diverges'; readonly divergence: Divergence }
  /** The code throws where history goes on. */
  | { readonly kind: 'fails'; readonly words: string; readonly error: string }
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
  const failure = taskFailure(message);
  const thrown = redactErrorText(failure.message);
  if (UNKNOWN_ENCODING.test(thrown)) {
    return { kind: 'unchecked', words: `its payloads need a codec, see --data-converter: ${thrown}` };
  }
  if (!message.includes('workflow task failure')) return { kind: 'unchecked', words: thrown };
  // What was thrown can carry content, and stands apart.
  const words = `the code throws where history goes on${failure.place === undefined ? '' : `, ${failure.place}`}`;
  return { kind: 'fails', words, error: thrown };
}
