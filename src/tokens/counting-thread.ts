import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { CountReply, CountRequest } from './worker-protocol';

/** Longest that the thread may work on one request, in milliseconds: several times what the slowest text takes. */
const MAX_WORK_MS = 60_000;

/** Threads that may die one after the other, with no answer in between, before no other is started. */
const MAX_FAILURES = 3;

/** The worker thread: started when first needed, again after it died, and no reason for the process to stay while idle. */
export class CountingThread {
  private worker: Worker | undefined;
  private failures = 0;

  constructor(private readonly file: string = join(__dirname, 'worker.js')) {}

  /** Takes one request at a time. Rejects when the thread dies of it or is terminated. */
  run(request: CountRequest): Promise<CountReply> {
    return new Promise((resolve, reject) => {
      this.worker ??= this.start();
      const { worker } = this;
      const watchdog = setTimeout(() => void worker.terminate(), MAX_WORK_MS).unref();
      let cause: unknown;
      const onError = (error: unknown) => {
        cause = error;
      };
      const onExit = () => {
        clearTimeout(watchdog);
        reject(new Error('The thread that counts tokens ended.', { cause }));
      };
      worker.on('error', onError).once('exit', onExit);
      worker.once('message', (reply: CountReply) => {
        clearTimeout(watchdog);
        worker.off('error', onError).off('exit', onExit);
        worker.unref();
        this.failures = 0;
        resolve(reply);
      });
      worker.ref();
      worker.postMessage(request);
    });
  }

  async terminate(): Promise<void> {
    const { worker } = this;
    this.worker = undefined;
    this.failures = 0;
    await worker?.terminate();
  }

  private start(): Worker {
    if (this.failures >= MAX_FAILURES) throw new Error('The thread that counts tokens keeps dying.');
    // Without the application's flags: its preloaded modules have no business in this thread.
    const worker = new Worker(this.file, {
      name: 'temporal-agent-observability-tokens',
      execArgv: [],
    });
    // An error is followed by the exit, where it is dealt with; without a listener it would end the process.
    worker.on('error', () => undefined);
    worker.once('exit', () => {
      if (this.worker !== worker) return;
      this.worker = undefined;
      this.failures += 1;
    });
    return worker;
  }
}
