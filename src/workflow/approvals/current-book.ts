/**
 * How the API, the handlers and the interceptors find the approvals of the run that is executing. Kept on Temporal's own
 * object of the execution, for the reason that `current-run.ts` gives.
 *
 * @module
 */

import { maybeGetActivator } from '@temporalio/workflow/lib/global-attributes';
import { ApprovalBook } from './approval-book';
import { readCarriedBook } from './carried-book';
import { registerApprovalHandlers } from './handlers';

const BOOK = Symbol.for('temporal-agent-observability.approvals');

type Holder = { [BOOK]?: ApprovalBook };

/** The run's approvals; `undefined` when there never were any. */
export function currentBook(): ApprovalBook | undefined {
  return (maybeGetActivator() as Holder | undefined)?.[BOOK];
}

/** The run's approvals, with handlers from the first time on. */
export function openBook(): ApprovalBook {
  return currentBook() ?? keep(new ApprovalBook());
}

/** What the run before carried on; nothing happens where it carried nothing. */
export function carryOn(value: unknown): void {
  const carried = readCarriedBook(value);
  if (carried !== undefined && currentBook() === undefined) keep(new ApprovalBook(carried));
}

function keep(book: ApprovalBook): ApprovalBook {
  const holder = maybeGetActivator() as Holder | undefined;
  // Handlers may be called while they are registered, for signals that came before.
  if (holder !== undefined) holder[BOOK] = book;
  registerApprovalHandlers(book);
  return book;
}
