import { type ActivityInterceptorsFactory, NativeConnection, Worker, type WorkerPlugin } from '@temporalio/worker';

export interface ObservedWorker {
  /** As the plugins left them. */
  readonly interceptors: ActivityInterceptorsFactory[];
  shutdown(): Promise<void>;
}

/** A real worker that runs, for the plugins begin and end their work with it. The benchmark calls its interceptors itself. */
export async function startObservedWorker(
  address: string,
  taskQueue: string,
  plugins: WorkerPlugin[],
): Promise<ObservedWorker> {
  const connection = await NativeConnection.connect({ address });
  const worker = await Worker.create({ connection, taskQueue, plugins, activities: { async callModel() {} } });
  const running = worker.run();
  return {
    interceptors: worker.options.interceptors.activity,
    async shutdown() {
      worker.shutdown();
      await running;
      await connection.close();
    },
  };
}
