/**
 * What Temporal loads into the workflow sandbox (`temporal-agent-observability/workflow-interceptors`).
 *
 * Every method is a plain function that returns the very promise that `next` gave and attaches nothing to it: an
 * `async` wrapper shifts microtasks, which breaks the replay of workflows that race promises, and a handler marks the
 * user's rejection as handled. Outcomes are read in `activate` instead. The one exception is the promise of inbound
 * `execute`, which the SDK itself handles.
 *
 * @module
 */

import type { WorkflowInterceptorsFactory } from '@temporalio/workflow';
import { untrackPromise } from '@temporalio/workflow/lib/stack-helpers';
import { readAgentHeader, withAgentHeader } from '../definitions/agent-header';
import { defined } from '../definitions/defined';
import { AgentRun } from './agent-run';
import { registerRun } from './current-run';
import { observe } from './observe';
import { decodeJsonPayload } from './payload-json';

export const interceptors: WorkflowInterceptorsFactory = () => {
  const run = new AgentRun();
  registerRun(run);

  return {
    inbound: [
      {
        execute(input, next) {
          run.start(readAgentHeader(input.headers));
          const result = next(input);
          const settle = () => run.writer.ending();
          if (result instanceof Promise) untrackPromise(result.then(settle, settle));
          return result;
        },
      },
    ],

    internals: [
      {
        activate(input, next) {
          for (const { resolveActivity, resolveChildWorkflowExecution } of input.activation.jobs ?? []) {
            if (resolveChildWorkflowExecution) run.writer.resolved();
            if (!resolveActivity) continue;
            if (!resolveActivity.isLocal) run.writer.resolved();
            observe(() => {
              run.state.onResolved(resolveActivity.seq ?? 0, resultOf(resolveActivity.result?.completed?.result));
            });
          }
          next(input);
        },
      },
    ],

    outbound: [
      {
        scheduleActivity(input, next) {
          observe(() => run.state.onScheduled(input.seq, input.activityType, input.args));
          run.writer.scheduling();
          let { headers } = input;
          observe(() => {
            headers = withAgentHeader(headers, run.state.activityHeader());
          });
          return next({ ...input, headers });
        },

        scheduleLocalActivity(input, next) {
          let { headers } = input;
          observe(() => {
            run.state.onScheduled(input.seq, input.activityType, input.args);
            headers = withAgentHeader(headers, run.state.activityHeader());
          });
          return next({ ...input, headers });
        },

        startChildWorkflowExecution(input, next) {
          run.writer.scheduling();
          let { headers } = input;
          observe(() => {
            headers = withAgentHeader(headers, run.state.childHeader());
          });
          return next({ ...input, headers });
        },

        continueAsNew(input, next) {
          run.writer.ending();
          let { headers } = input;
          observe(() => {
            headers = withAgentHeader(headers, run.state.continueHeader());
          });
          return next({ ...input, headers });
        },

        getLogAttributes(input, next) {
          let attributes = input;
          observe(() => {
            attributes = { ...logAttributes(run), ...input };
          });
          return next(attributes);
        },
      },
    ],
  };
};

/** A result that cannot be decoded is one that cannot be followed, and no error of ours. */
function resultOf(payload: Parameters<typeof decodeJsonPayload>[0]): unknown {
  try {
    return decodeJsonPayload(payload);
  } catch {
    return undefined;
  }
}

function logAttributes({ state }: AgentRun): Record<string, unknown> {
  return defined({
    taskType: state.currentTaskType,
    taskId: state.taskId,
    sessionId: state.sessionId,
    iteration: state.iteration,
  });
}
