/** Lines of one cause in one window; a thousand runs with one mistake are one mistake. */
const MAX_LINES = 10;
const WINDOW_MS = 60_000;
const MAX_CAUSES = 1_000;

interface Window {
  readonly endsAt: number;
  lines: number;
  suppressed: number;
}

/** Decides which log lines are too many: ten per cause and minute go through. */
export class LogRate {
  private readonly windows = new Map<string, Window>();

  /** How many lines of this cause were held back before this one; `undefined` when this one is held back too. */
  take(cause: string): number | undefined {
    const now = performance.now();
    const last = this.windows.get(cause);
    if (last !== undefined && now < last.endsAt) {
      if (last.lines >= MAX_LINES) {
        last.suppressed++;
        return undefined;
      }
      last.lines++;
      return 0;
    }
    this.windows.delete(cause);
    const [oldest] = this.windows.keys();
    if (this.windows.size >= MAX_CAUSES && oldest !== undefined) this.windows.delete(oldest);
    this.windows.set(cause, { endsAt: now + WINDOW_MS, lines: 1, suppressed: 0 });
    return last?.suppressed ?? 0;
  }
}
