import type { WorkflowClientInterceptor } from '@temporalio/client';

/** Sizes as JSON, before any codec; absent when they could not be measured. */
export interface InputSize {
  readonly bytes?: number;
  /** What of it Temporal gets inline, the rest being in external storage. */
  readonly inlineBytes?: number;
}

/** The input of a workflow that a client started. */
export interface WorkflowInput extends InputSize {
  readonly workflowType: string;
  readonly workflowId: string;
  /** Absent when the start failed. */
  readonly runId?: string;
}

export interface WorkflowInputOptions {
  measure(args: readonly unknown[]): InputSize;
  onInput(input: WorkflowInput): void;
  onError(error: unknown): void;
}

/** Interceptor that reports the size of workflow inputs, those included that the server refuses. */
export function workflowInputInterceptor({
  measure,
  onInput,
  onError,
}: WorkflowInputOptions): WorkflowClientInterceptor {
  async function around<T>(
    workflowType: string,
    { workflowId, args = [] }: { readonly workflowId: string; readonly args?: unknown[] },
    start: () => Promise<T>,
    runIdOf: (started: T) => string | undefined,
  ): Promise<T> {
    let runId: string | undefined;
    try {
      const started = await start();
      runId = runIdOf(started);
      return started;
    } finally {
      try {
        onInput({
          workflowType,
          workflowId,
          ...(runId !== undefined && { runId }),
          ...measure(args),
        });
      } catch (error) {
        onError(error);
      }
    }
  }

  return {
    start: (input, next) =>
      around(
        input.workflowType,
        input.options,
        () => next(input),
        (runId) => runId,
      ),
    startWithDetails: (input, next) =>
      around(
        input.workflowType,
        input.options,
        () => next(input),
        ({ runId }) => runId,
      ),
    signalWithStart: (input, next) =>
      around(
        input.workflowType,
        input.options,
        () => next(input),
        (runId) => runId,
      ),
    startUpdateWithStart: (input, next) =>
      around(
        input.workflowType,
        input.workflowStartOptions,
        () => next(input),
        ({ workflowExecution }) => workflowExecution.runId,
      ),
  };
}
