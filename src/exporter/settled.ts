/**
 * Time after which visibility shows a run that closed: visibility is written after the run, within a second as a rule.
 */
const LAG_MS = 10_000;

/** The time up to which visibility can be taken to show every run that closed. */
export function settledMs(nowMs: number): number {
  return nowMs - LAG_MS;
}
