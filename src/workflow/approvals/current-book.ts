/**
 * How the API and the handlers find the approvals of the run that is executing.
 *
 * @module
 */

import { currentRun } from '../current-run';
import { currentApprovals, keepApprovals, openApprovalsBy } from '../run-approvals';
import { ApprovalBook } from './approval-book';
import { registerApprovalHandlers } from './handlers';
import { readCarriedBook } from './read-carried-book';

// So that the handlers are there before a continued run asks for anything.
openApprovalsBy(carryOn);

/** The run's approvals. Whoever enters one calls {@link serveApprovals} then. */
export function openBook(): ApprovalBook {
  // This module may be evaluated after the run began; what was carried on is there still.
  return currentBook() ?? keep(new ApprovalBook(readCarriedBook(currentRun()?.carriedApprovals)));
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
function carryOn(value: unknown): void {
  const carried = readCarriedBook(value);
  if (carried !== undefined && currentBook() === undefined) serveApprovals(keep(new ApprovalBook(carried)));
}

/** Whatever is kept was kept here. */
function currentBook(): ApprovalBook | undefined {
  return currentApprovals() as ApprovalBook | undefined;
}

function keep(book: ApprovalBook): ApprovalBook {
  keepApprovals(book);
  return book;
}
