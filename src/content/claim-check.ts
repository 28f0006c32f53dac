/**
 * Keeps large payloads out of Temporal's history.
 *
 * @module
 */

import { ExternalStorage } from '@temporalio/common';
import { boolean, fail, known, number, object } from '../definitions/option-checks';
import { ClaimCheckDriver } from './claim-check-driver';
import type { ContentStore } from './store';

export interface ClaimCheckOptions {
  /**
   * Declares that every client and worker of these workflows, on every machine and at every time, reads and writes the
   * same directory under the path of the store: a network volume, or a single machine whose disk outlives all runs.
   * Required for stores in a local directory, needless for others.
   */
  readonly shared?: boolean;
  /**
   * Size at which a payload goes to the store, in bytes, measured after codecs as Temporal measures it. Default: 256 KiB
   * (262,144). Choose it below 2 MiB, at which the server refuses a payload.
   */
  readonly payloadSizeThreshold?: number;
}

const METHODS = ['uriOf', 'put', 'get'] as const;

/**
 * External storage for Temporal's data converter: payloads of 256 KiB and more are kept in a content store, and history
 * carries a reference of some hundred bytes. Give it to the data converters of **all** clients and workers that touch the
 * workflows, before the first large payload is written.
 *
 * Unlike records, these payloads are part of the run: they are stored as they are (after the payload codecs, so encrypted
 * ones stay encrypted), awaited, never redacted, capped or removed. A store that fails makes the call fail, as
 * `ApplicationFailure` of type `ClaimCheckUnavailable`. An object that is gone or damaged is a non-retryable failure of
 * type `ClaimCheckMissing`, `ClaimCheckExpired` or `ClaimCheckCorrupt` and the finding `content-missing`.
 *
 * @example
 * ```ts
 * const store = new LocalDirectoryStore({ directory: '/mnt/agents' });
 * const dataConverter = { externalStorage: claimCheck(store, { shared: true }) };
 *
 * const worker = await Worker.create({ connection, taskQueue, workflowsPath, activities, dataConverter });
 * const client = new Client({ connection: clientConnection, dataConverter });
 * ```
 *
 * @param store - where the payloads go, under `payloads/<namespace>/`. Nothing may remove them before the last run that
 * refers to them is past its retention.
 * @throws TypeError or RangeError for options that are not as described, and for a local directory that is not declared
 * as {@link ClaimCheckOptions.shared}
 */
export function claimCheck(store: ContentStore, options: ClaimCheckOptions = {}): ExternalStorage {
  checkStore(store);
  known('claimCheck options', options, ['shared', 'payloadSizeThreshold']);
  const { shared = false, payloadSizeThreshold } = options;
  boolean('shared', shared);
  if (payloadSizeThreshold !== undefined) number('payloadSizeThreshold', payloadSizeThreshold, { min: 0 });
  if (!shared && store.uriOf('payloads').startsWith('file:')) {
    throw new TypeError(
      `shared: expected true for a store in a local directory (${store.uriOf('payloads')}): a worker on another machine could not read what this one writes, and its runs could not go on. Declare { shared: true } if every client and worker sees this directory, or use an object store.`,
    );
  }
  return new ExternalStorage({
    drivers: [new ClaimCheckDriver(store)],
    ...(payloadSizeThreshold !== undefined && { payloadSizeThreshold }),
  });
}

function checkStore(store: unknown): void {
  const methods = object('store', store, 'a content store, such as a LocalDirectoryStore');
  for (const method of METHODS) {
    if (typeof methods[method] !== 'function') throw fail(`store.${method}`, 'a function', methods[method]);
  }
}
