import { GRPC } from '../client/grpc-status';
import { compareSearchAttributes, listSearchAttributes } from '../client/search-attribute-registry';
import type { Visibility } from '../client/visibility';
import { allOf, quote, quoteTime } from '../client/visibility-query';
import { SEARCH_ATTRIBUTE_CACHE_MS } from '../definitions/limits';
import {
  REQUIRED_SEARCH_ATTRIBUTE,
  SEARCH_ATTRIBUTE_NAMES,
  SEARCH_ATTRIBUTES,
  type SearchAttributeName,
  type SearchAttributeType,
} from '../definitions/search-attributes';
import { RequestFailed } from './request-failed';
import type { TemporalRequests } from './temporal-requests';

/** A value of each type, as queries spell it. */
const LITERALS: Readonly<Record<SearchAttributeType, string>> = {
  Keyword: quote('x'),
  Int: '0',
  Datetime: quoteTime(0),
};

/** Which of our search attributes a namespace has with the right type. */
export class NamespaceAttributes {
  private known: { readonly until: number; readonly names: ReadonlySet<SearchAttributeName> } | undefined;

  constructor(
    private readonly namespace: string,
    private readonly requests: TemporalRequests,
    private readonly visibility: Visibility,
  ) {}

  /**
   * As of a few minutes ago at most. While there is none, of now: whoever runs `setup` wants to see it work.
   *
   * @throws RequestFailed
   */
  async names(nowMs: number): Promise<ReadonlySet<SearchAttributeName>> {
    if (this.known !== undefined && nowMs < this.known.until) return this.known.names;
    const names = await this.ask();
    const until = names.has(REQUIRED_SEARCH_ATTRIBUTE) ? nowMs + SEARCH_ATTRIBUTE_CACHE_MS : 0;
    this.known = { until, names };
    return names;
  }

  /** Asks anew next time: a query was refused that should have been possible. */
  forget(): void {
    this.known = undefined;
  }

  private async ask(): Promise<ReadonlySet<SearchAttributeName>> {
    const listed = await this.list();
    if (listed !== undefined) {
      const { ready, missing } = compareSearchAttributes(listed, SEARCH_ATTRIBUTE_NAMES);
      if (!missing.includes(REQUIRED_SEARCH_ATTRIBUTE)) return new Set(ready);
    }
    // The list of a frontend without operator service has other names than queries, or it may be refused altogether.
    return this.tryEach();
  }

  private async list(): Promise<ReadonlyMap<string, string> | undefined> {
    try {
      return await this.requests.send('namespace', 'ListSearchAttributes', (connection) =>
        listSearchAttributes(connection, this.namespace),
      );
    } catch (error) {
      if (isRefused(error)) return undefined;
      throw error;
    }
  }

  private async tryEach(): Promise<ReadonlySet<SearchAttributeName>> {
    const names = new Set<SearchAttributeName>();
    for (const { name, type } of SEARCH_ATTRIBUTES) {
      if (await this.canBeQueried(name, type)) names.add(name);
      else if (name === REQUIRED_SEARCH_ATTRIBUTE) break;
    }
    return names;
  }

  private async canBeQueried(name: SearchAttributeName, type: SearchAttributeType): Promise<boolean> {
    try {
      // No run is to be looked at, whatever their number.
      await this.visibility.count('namespace', allOf("WorkflowId = ''", `${name} = ${LITERALS[type]}`));
      return true;
    } catch (error) {
      if (error instanceof RequestFailed && error.code === GRPC.invalidArgument) return false;
      throw error;
    }
  }
}

function isRefused(error: unknown): boolean {
  if (!(error instanceof RequestFailed)) return false;
  const refusals: readonly (number | undefined)[] = [GRPC.permissionDenied, GRPC.unauthenticated, GRPC.unimplemented];
  return refusals.includes(error.code);
}
