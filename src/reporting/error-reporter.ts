/**
 * Errors of our own: counted, logged once per cause, and kept away from the agent.
 *
 * @module
 */

import type { Logger } from '@temporalio/common';
import type { ObserverPart } from '../definitions/observer-parts';

/** Causes remembered; beyond that errors are still counted. */
const MAX_CAUSES = 200;

export class ErrorReporter {
  private readonly causes = new Set<string>();
  private count: ((part: ObserverPart) => void) | undefined;
  private readonly uncounted: ObserverPart[] = [];

  constructor(private readonly logger: Logger) {}

  /** From now on errors are counted here, those from before included. */
  countWith(count: (part: ObserverPart) => void): void {
    this.count = count;
    for (const part of this.uncounted.splice(0)) count(part);
  }

  readonly report = (part: ObserverPart, error: unknown): void => {
    try {
      if (this.count !== undefined) this.count(part);
      else if (this.uncounted.length < MAX_CAUSES) this.uncounted.push(part);
      this.logOnce(part, error);
    } catch {
      // A logger that throws must not reach the agent either.
    }
  };

  private logOnce(part: ObserverPart, error: unknown): void {
    const name = error instanceof Error ? error.name : typeof error;
    const message = error instanceof Error ? error.message : String(error);
    // Digits are ids, sizes and times, which would make one cause look like many.
    const cause = `${part} ${name} ${message.slice(0, 200).replace(/\d+/g, '#')}`;
    if (this.causes.has(cause) || this.causes.size >= MAX_CAUSES) return;
    this.causes.add(cause);
    this.logger.warn('Agent observability: internal error, the agent is not affected', {
      part,
      error: `${name}: ${message.slice(0, 500)}`,
      hint: 'Counted in temporal_agent_observer_errors_total. This cause is logged once.',
    });
  }
}
