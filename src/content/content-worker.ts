/** Entry of the content worker thread. */

import { parentPort, workerData } from 'node:worker_threads';
import type { ContentWorkerReply, ContentWorkerRequest } from './content-worker-protocol';
import { StoreDrain } from './drain';
import type { ContentStore, ContentStoreThreadSpec } from './store';

const spec = workerData as ContentStoreThreadSpec;
const exported = require(spec.module) as Record<string, new (options: unknown) => ContentStore>;
const Store = exported[spec.exportName];
if (Store === undefined) throw new TypeError(`${spec.module} has no export ${spec.exportName}`);
const drain = new StoreDrain(new Store(spec.options));

parentPort?.on('message', (request: ContentWorkerRequest) => {
  void handle(request).then((reply) => parentPort?.postMessage(reply));
});

async function handle(request: ContentWorkerRequest): Promise<ContentWorkerReply> {
  const { id } = request;
  try {
    switch (request.operation) {
      case 'flush':
        return { id, result: await drain.flush(request.argument) };
      case 'storeContent':
        return { id, result: await drain.storeContent(request.argument) };
      case 'maintain':
        await drain.maintain();
        return { id };
    }
  } catch (error) {
    return { id, error };
  }
}
