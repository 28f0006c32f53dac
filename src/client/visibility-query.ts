/**
 * Parts of queries in visibility's language. `ORDER BY` is not among them: SQL visibility and Temporal Cloud refuse it.
 *
 * @module
 */

import type { SearchAttributeName } from '../definitions/search-attributes';

/** What every query for open agents begins with. */
export const RUNNING = "ExecutionStatus = 'Running'";

/** A string. */
export function quote(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}

/**
 * Whether SQL visibility finds a string that a query spells out. It does not where it has a character that the query
 * escapes, nor with a quote at either end, and a zero character makes the query fail; tried on server 1.29.1 with SQLite.
 */
export function isAskable(text: string): boolean {
  return !/["\\\p{Cc}]|^'|'$/u.test(text);
}

/**
 * A time, as the language takes it. Compare attributes with it by `<` and `>=` alone: SQLite keeps them as text, with
 * zeros at the end where the query has none, so that for some times equal is greater (server 1.29.1).
 */
export function quoteTime(ms: number): string {
  return quote(new Date(ms).toISOString());
}

/** One of several strings; of none, nothing. */
export function oneOf(attribute: SearchAttributeName | 'WorkflowId' | 'RunId', values: readonly string[]): string {
  return `${attribute} IN (${values.map(quote).join(', ')})`;
}

/** All of several conditions. */
export function allOf(...conditions: readonly (string | undefined)[]): string {
  return conditions.filter((condition) => condition !== undefined).join(' AND ');
}
