import { prop } from './error-fields';

/** A header from a `Headers` object or from a plain record with lower-case names. */
export function header(headers: unknown, name: string): string | undefined {
  try {
    const get = prop(headers, 'get');
    const value = typeof get === 'function' ? get.call(headers, name) : prop(headers, name);
    return typeof value === 'string' ? value : undefined;
  } catch {
    return undefined;
  }
}

function positive(milliseconds: number): number | undefined {
  return Number.isFinite(milliseconds) ? Math.max(0, Math.round(milliseconds)) : undefined;
}

/**
 * How long the server asked to wait, in milliseconds: `retry-after-ms`, else `retry-after` as seconds or as an HTTP
 * date (RFC 9110, section 10.2.3).
 *
 * @param now - Milliseconds since the epoch that a date is measured against.
 */
export function retryAfterMs(headers: unknown, now: number = Date.now()): number | undefined {
  const exact = header(headers, 'retry-after-ms')?.trim();
  if (exact && !Number.isNaN(Number(exact))) return positive(Number(exact));
  const value = header(headers, 'retry-after')?.trim();
  if (!value) return undefined;
  const seconds = Number(value);
  return Number.isNaN(seconds) ? positive(Date.parse(value) - now) : positive(seconds * 1000);
}
