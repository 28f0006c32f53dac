/**
 * A part of what the exporter watches. Each polls for its own gauges, and its failure leaves theirs as they were.
 *
 * @module
 */

import type { Logger } from '@temporalio/common';
import type { Visibility } from '../client/visibility';
import type { ExporterQuery } from '../definitions/exporter-queries';
import type { Detected } from '../definitions/finding';
import type { SearchAttributeName } from '../definitions/search-attributes';
import type { NamespaceMetrics } from '../metrics';
import type { ExporterConfig } from './config';
import type { WorkflowDescriber } from './workflow-describer';

/** What stays the same from poll to poll. */
export interface WatchedNamespace {
  readonly namespace: string;
  readonly config: ExporterConfig;
  readonly visibility: Visibility;
  /** Describe and history, which do not count as visibility requests. */
  readonly describer: WorkflowDescriber;
  readonly metrics: NamespaceMetrics;
  readonly logger: Logger;
  /** Reports a finding, once for each run and cause in this process. Never throws. */
  found(detected: Detected): void;
}

/** One poll. */
export interface Poll {
  /** Start of the poll, in milliseconds since the epoch; what ages are measured against. */
  readonly nowMs: number;
  /** Every task type that is configured or was seen, sorted. */
  readonly taskTypes: readonly string[];
  /** Running agents of each task type; a type without any may be left out. */
  readonly running: ReadonlyMap<string, number>;
  /** Attributes that the namespace has with the right type. */
  readonly attributes: ReadonlySet<SearchAttributeName>;
}

export interface Watch {
  readonly query: ExporterQuery;
  /**
   * Asks, and sets the gauges once everything is known.
   *
   * @throws whatever a request throws; the gauges are left as they were then
   */
  poll(poll: Poll): Promise<void>;
}
