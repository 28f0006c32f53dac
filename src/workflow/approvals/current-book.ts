/**
 * How the API, the handlers and the interceptors find the approvals of the run that is executing. Kept on Temporal's own
 * object of the execution, for the reason that `current-run.ts` gives.
 *
 * @module
 */

import { maybeGetActivator } from '@temporalio/workflow/lib/global-attributes';
import { ApprovalBook } from './approval-book';
import { registerApprovalHandlers } from './handlers';
import { readCarriedBook } from './read-carried-book';

const BOOK = Symbol.for('temporal-agent-observability.approvals');

type Holder = { [BOOK]?: ApprovalBook };

/** The run's approvals; `undefined` when there never were any. */
export function currentBook(): ApprovalBook | undefined {
  return (maybeGetActivator() as Holder | undefined)?.[BOOK];
}

/** The run's approvals. Whoever enters one calls {@link serveApprovals} then. */
export function openBook(): ApprovalBook {
  return currentBook() ?? keep(new ApprovalBook());
}

/**
 * Registers the handlers, once. Registering calls handlers for what came before, those of the workflow included, so that
 * this comes after the entry in the book: what is decided by then is there to be decided.
 */
export function serveApprovals(book: ApprovalBook): void {
  if (book.served) return;
  book.served = true;
  registerApprovalHandlers(book);
}

/** What the run before carried on; nothing happens where it carried nothing. */
export function carryOn(value: unknown): void {
  const carried = readCarriedBook(value);
  if (carried !== undefined && currentBook() === undefined) serveApprovals(keep(new ApprovalBook(carried)));
}

function keep(book: ApprovalBook): ApprovalBook {
  const holder = maybeGetActivator() as Holder | undefined;
  if (holder !== undefined) holder[BOOK] = book;
  return book;
}
