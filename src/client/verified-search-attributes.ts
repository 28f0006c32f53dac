/**
 * Which of our search attributes may be put on a start. A start that carries an unregistered key is refused by the
 * server, so on any doubt none is sent; the ids still travel in the header.
 *
 * @module
 */

import { SEARCH_ATTRIBUTE_CACHE_MS } from '../definitions/limits';
import { SEARCH_ATTRIBUTE_NAMES, type SearchAttributeName } from '../definitions/search-attributes';
import {
  compareSearchAttributes,
  listSearchAttributes,
  type SearchAttributeConnection,
} from './search-attribute-registry';

/** Longest that a start waits for the list; without an answer it goes without attributes. */
const START_WAIT_MS = 1_000;

export class VerifiedSearchAttributes {
  private readonly cache = new Map<string, { readonly until: number; readonly names: Promise<ReadonlySet<string>> }>();

  constructor(
    /** `undefined` as long as there is no connection. */
    private readonly connection: () => SearchAttributeConnection | undefined,
    private readonly wanted: readonly SearchAttributeName[] = SEARCH_ATTRIBUTE_NAMES,
    private readonly onError: (error: unknown) => void = () => {},
  ) {}

  /** Names that the namespace has with the right type; empty when that cannot be found out in time. Never rejects. */
  async names(namespace: string): Promise<ReadonlySet<string>> {
    const connection = this.connection();
    if (connection === undefined) return new Set();
    let entry = this.cache.get(namespace);
    if (entry === undefined || entry.until <= Date.now()) {
      entry = { until: Date.now() + SEARCH_ATTRIBUTE_CACHE_MS, names: this.list(connection, namespace) };
      this.cache.set(namespace, entry);
    }
    return Promise.race([entry.names, noneAfter(START_WAIT_MS)]);
  }

  private async list(connection: SearchAttributeConnection, namespace: string): Promise<ReadonlySet<string>> {
    try {
      const registered = await listSearchAttributes(connection, namespace);
      return new Set<string>(compareSearchAttributes(registered, this.wanted).ready);
    } catch (error) {
      this.onError(error);
      return new Set();
    }
  }
}

function noneAfter(milliseconds: number): Promise<ReadonlySet<string>> {
  return new Promise((resolve) => {
    setTimeout(() => resolve(new Set()), milliseconds).unref();
  });
}
