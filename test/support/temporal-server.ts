/**
 * Real Temporal servers for tests, and what tests need to prepare on them.
 *
 * @module
 */

import { Connection } from '@temporalio/client';
import { msToTs } from '@temporalio/common/lib/time';
import { temporal } from '@temporalio/proto';
import { vi } from 'vitest';
import { startTemporalServer } from '../../scripts/temporal-server.mjs';

export { startTemporalServer };

const { IndexedValueType } = temporal.api.enums.v1;
const INDEXED_VALUE_TYPES = {
  Text: IndexedValueType.INDEXED_VALUE_TYPE_TEXT,
  Keyword: IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD,
  Int: IndexedValueType.INDEXED_VALUE_TYPE_INT,
  Double: IndexedValueType.INDEXED_VALUE_TYPE_DOUBLE,
  Bool: IndexedValueType.INDEXED_VALUE_TYPE_BOOL,
  Datetime: IndexedValueType.INDEXED_VALUE_TYPE_DATETIME,
  KeywordList: IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD_LIST,
};

interface SearchAttribute {
  readonly name: string;
  readonly type: keyof typeof INDEXED_VALUE_TYPES;
}

const READY = { timeout: 30_000, interval: 100 };

/** Creates a namespace, with search attributes of its own, and waits until it can be used. */
export async function createNamespace(address: string, namespace: string): Promise<void> {
  await withConnection(address, async ({ workflowService }) => {
    await workflowService.registerNamespace({ namespace, workflowExecutionRetentionPeriod: msToTs('1 day') });
    await vi.waitFor(() => workflowService.countWorkflowExecutions({ namespace }), READY);
  });
}

/** Registers search attributes and waits until the server lists and accepts them. */
export async function registerSearchAttributes(
  address: string,
  namespace: string,
  attributes: readonly SearchAttribute[],
): Promise<void> {
  await withConnection(address, async ({ operatorService, workflowService }) => {
    const searchAttributes = Object.fromEntries(attributes.map(({ name, type }) => [name, INDEXED_VALUE_TYPES[type]]));
    await operatorService.addSearchAttributes({ namespace, searchAttributes });
    const query = attributes.map(({ name }) => `${name} IS NULL`).join(' AND ');
    await vi.waitFor(() => workflowService.countWorkflowExecutions({ namespace, query }), READY);
  });
}

async function withConnection(address: string, use: (connection: Connection) => Promise<void>): Promise<void> {
  const connection = await Connection.connect({ address });
  try {
    await use(connection);
  } finally {
    await connection.close();
  }
}
