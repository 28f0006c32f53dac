/**
 * Durations as people write them in options.
 *
 * @module
 */

const UNITS_MS = { d: 86_400_000, h: 3_600_000, m: 60_000, s: 1000 } as const;

/** What a duration looks like, as a regular expression of JSON schema. */
export const DURATION_PATTERN = '^\\d+(\\.\\d+)?[smhd]$';

/** Milliseconds of `30s`, `15m`, `4h` or `7d`; `undefined` for anything else, a bare number included. */
export function durationMs(text: string): number | undefined {
  if (!new RegExp(DURATION_PATTERN).test(text)) return undefined;
  return Number.parseFloat(text) * UNITS_MS[text.slice(-1) as keyof typeof UNITS_MS];
}

/** The shortest way to write a duration: `90s`, `15m`, `7d`. */
export function formatDuration(milliseconds: number): string {
  for (const [unit, unitMs] of Object.entries(UNITS_MS)) {
    if (milliseconds > 0 && milliseconds % unitMs === 0) return `${milliseconds / unitMs}${unit}`;
  }
  return `${milliseconds / UNITS_MS.s}s`;
}
