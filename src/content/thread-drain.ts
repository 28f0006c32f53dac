/**
 * Runs a drain in one worker thread, so that redaction, hashing and file system calls cost the worker's event loop
 * nothing.
 *
 * @module
 */

import path from 'node:path';
import { Worker } from 'node:worker_threads';
import type { ReportError } from '../definitions/observer-parts';
import type { ContentWorkerReply, ContentWorkerRequest } from './content-worker-protocol';
import {
  type ContentJob,
  type Drain,
  type FlushRequest,
  type FlushResult,
  StoreDrain,
  type StoredContent,
} from './drain';
import type { ContentStore, ContentStoreThreadSpec } from './store';

/** A thread that ends this often, or cannot start (a bundled application lacks its file), is given up. */
const MAX_STARTS = 5;

/** The thread ended before it answered. The same operation may be what ended it. */
export class ContentWorkerStopped extends Error {
  override readonly name = 'ContentWorkerStopped';
}

interface Pending {
  resolve(result: ContentWorkerReply['result']): void;
  reject(error: unknown): void;
}

export class ThreadDrain implements Drain {
  private worker: Worker | undefined;
  private starts = 0;
  private nextId = 1;
  private readonly pending = new Map<number, Pending>();
  private isKeptAlive = false;
  private isClosed = false;
  private readonly onMainThread: StoreDrain;

  constructor(
    store: ContentStore,
    private readonly spec: ContentStoreThreadSpec,
    private readonly report: ReportError,
  ) {
    this.onMainThread = new StoreDrain(store);
  }

  async flush(request: FlushRequest): Promise<FlushResult> {
    const worker = this.start();
    if (worker === undefined) return this.onMainThread.flush(request);
    return (await this.send(worker, { id: this.nextId++, operation: 'flush', argument: request })) as FlushResult;
  }

  async storeContent(job: ContentJob): Promise<StoredContent> {
    const worker = this.start();
    if (worker === undefined) return this.onMainThread.storeContent(job);
    return (await this.send(worker, { id: this.nextId++, operation: 'storeContent', argument: job })) as StoredContent;
  }

  async maintain(): Promise<void> {
    const worker = this.start();
    if (worker === undefined) return this.onMainThread.maintain();
    await this.send(worker, { id: this.nextId++, operation: 'maintain', argument: undefined });
  }

  keepAlive(keep: boolean): void {
    this.isKeptAlive = keep;
    if (keep) this.worker?.ref();
    else this.worker?.unref();
  }

  async close(): Promise<void> {
    this.isClosed = true;
    await this.worker?.terminate();
  }

  private send(worker: Worker, request: ContentWorkerRequest): Promise<ContentWorkerReply['result']> {
    return new Promise((resolve, reject) => {
      this.pending.set(request.id, { resolve, reject });
      worker.postMessage(request);
    });
  }

  private start(): Worker | undefined {
    if (this.worker !== undefined || this.isClosed || this.starts >= MAX_STARTS) return this.worker;
    this.starts++;
    // Nothing of the process' own flags: loaders and profilers there are not meant for this thread.
    const worker = new Worker(path.join(__dirname, 'content-worker.js'), {
      workerData: this.spec,
      execArgv: [],
      env: {},
      name: 'agent-content',
    });
    worker.on('message', (reply: ContentWorkerReply) => this.settle(reply));
    let cause: unknown;
    worker.on('error', (error) => {
      cause = error;
    });
    worker.on('exit', () => this.stopped(worker, cause));
    this.worker = worker;
    this.keepAlive(this.isKeptAlive);
    return worker;
  }

  private settle({ id, result, error }: ContentWorkerReply): void {
    const pending = this.pending.get(id);
    this.pending.delete(id);
    if (error === undefined) pending?.resolve(result);
    else pending?.reject(error);
  }

  private stopped(worker: Worker, cause: unknown): void {
    if (this.worker === worker) this.worker = undefined;
    const error = new ContentWorkerStopped(`the content worker thread ended: ${String(cause)}`, { cause });
    if (this.pending.size === 0 && !this.isClosed) this.report('content', error);
    const pending = [...this.pending.values()];
    this.pending.clear();
    for (const { reject } of pending) reject(error);
  }
}
