import { InvalidArgumentError } from 'commander';
import { durationMs } from '../definitions/duration';

/** Milliseconds of `30s`, `15m`, `1h`, `7d`. */
export function parseDuration(value: string): number {
  const ms = durationMs(value.trim()) ?? 0;
  if (ms === 0) throw new InvalidArgumentError('expected a number and s, m, h or d, for example 1h or 7d');
  return ms;
}
