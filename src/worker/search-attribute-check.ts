/**
 * Finds out, beside the worker's start and never in its way, whether the namespace has the attributes that runs write.
 * Looks again and again: attributes can be registered, and servers come up, later than workers, and somebody can remove
 * an attribute.
 *
 * @module
 */

import type { Logger } from '@temporalio/common';
import {
  addCommands,
  addSearchAttributes,
  compareSearchAttributes,
  listSearchAttributes,
  type SearchAttributeConnection,
  type SearchAttributeStatus,
} from '../client/search-attribute-registry';
import { SEARCH_ATTRIBUTE_CACHE_MS } from '../definitions/limits';
import type { SearchAttributeName } from '../definitions/search-attributes';

const FIRST_RETRY_MS = 1_000;
const MAX_RETRY_MS = 60_000;

export interface SearchAttributeCheckOptions {
  readonly namespace: string;
  readonly keys: readonly SearchAttributeName[];
  /** Whether missing attributes are added. */
  readonly register: boolean;
  readonly logger: Logger;
  /** Called whenever the answer changes, and once with the first. */
  onChange(registered: boolean): void;
  /** Called once, when the first answer is no. */
  onUnregistered(status: SearchAttributeStatus | undefined, commands: readonly string[]): void;
  onError(error: unknown): void;
}

export class SearchAttributeCheck {
  private answer = false;
  private retryMs = FIRST_RETRY_MS;
  private timer: NodeJS.Timeout | undefined;
  private stopped = false;
  private told = false;
  private tryToRegister: boolean;

  constructor(
    private readonly connection: SearchAttributeConnection,
    private readonly options: SearchAttributeCheckOptions,
  ) {
    this.tryToRegister = options.register;
  }

  get registered(): boolean {
    return this.answer;
  }

  /** Starts to look; returns at once. */
  start(): void {
    void this.look();
  }

  stop(): void {
    this.stopped = true;
    clearTimeout(this.timer);
  }

  private async look(): Promise<void> {
    let status: SearchAttributeStatus | undefined;
    try {
      status = await this.status();
      if (status.missing.length > 0 && this.tryToRegister) {
        await this.register(status.missing);
        status = await this.status();
      }
    } catch (error) {
      this.options.onError(error);
    }
    if (this.stopped) return;
    // A server that does not answer has not lost its attributes.
    const registered = status === undefined ? this.answer : status.ready.length === this.options.keys.length;
    this.tell(registered, status);
    this.lookAgain(registered);
  }

  private async status(): Promise<SearchAttributeStatus> {
    const registered = await listSearchAttributes(this.connection, this.options.namespace);
    return compareSearchAttributes(registered, this.options.keys);
  }

  private async register(missing: readonly SearchAttributeName[]): Promise<void> {
    const { namespace, logger } = this.options;
    try {
      await addSearchAttributes(this.connection, namespace, missing);
      logger.info('Registered search attributes for agents', { namespace, searchAttributes: missing.join(', ') });
    } catch (error) {
      // Not allowed, or no free column: asking again changes nothing until somebody acts.
      this.tryToRegister = false;
      this.options.onError(error);
    }
  }

  private tell(registered: boolean, status: SearchAttributeStatus | undefined): void {
    const { namespace, onChange, onUnregistered } = this.options;
    if (!this.told || registered !== this.answer) onChange(registered);
    this.answer = registered;
    if (!registered && !this.told) onUnregistered(status, addCommands(namespace, status?.missing ?? []));
    this.told = true;
  }

  private lookAgain(registered: boolean): void {
    this.timer = setTimeout(() => this.look(), registered ? SEARCH_ATTRIBUTE_CACHE_MS : this.retryMs);
    this.timer.unref();
    this.retryMs = registered ? FIRST_RETRY_MS : Math.min(this.retryMs * 2, MAX_RETRY_MS);
  }
}
