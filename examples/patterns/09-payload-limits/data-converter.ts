import type { DataConverter } from '@temporalio/common';
import { claimCheck, LocalDirectoryStore } from 'temporal-agent-observability/content';

/** FIXED: for client and worker alike; payloads over 32 KiB go to the directory, and history carries references. */
export function dataConverter(directory: string): DataConverter {
  const store = new LocalDirectoryStore({ directory });
  // All clients and workers see this directory, for they run on one machine.
  return { externalStorage: claimCheck(store, { shared: true, payloadSizeThreshold: 32 * 1024 }) };
}
