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
 * A time, as the language takes it. Compare attributes with it by `<` and `>=` alone: SQLite keeps them as text, with
 * zeros at the end where the query has none, so that for some times equal is greater (server 1.29).
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
