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

import type { ActivateInput, WorkflowInterceptorsFactory } from '@temporalio/workflow';
import { untrackPromise } from '@temporalio/workflow/lib/stack-helpers';
import { readAgentHeader, withAgentHeader } from '../definitions/agent-header';
import { defined } from '../definitions/defined';
import { fromJsonPayload } from '../definitions/json-payload';
import { SANDBOX_DECODE_MAX_BYTES } from '../definitions/limits';
import { AgentRun } from './agent-run';
import { registerRun } from './current-run';
import { observe } from './observe';

export const interceptors: WorkflowInterceptorsFactory = () => {
  const run = new AgentRun();
  registerRun(run);

  return {
    inbound: [
      {
        execute(input, next) {
          run.start(readAgentHeader(input.headers));
          const result = next(input);
          const settle = (error?: unknown) => {
            run.writer.ending();
            run.tell('settled', error);
          };
          if (result instanceof Promise) untrackPromise(result.then(() => settle(), settle));
          return result;
        },
      },
    ],

    internals: [
      {
        activate(input, next) {
          for (const job of input.activation.jobs ?? []) activated(run, job);
          next(input);
        },

        concludeActivation(input, next) {
          const output = next(input);
          run.tell('concluded', output.commands);
          return output;
        },
      },
    ],

    outbound: [
      {
        scheduleActivity(input, next) {
          observe(() => run.state.onScheduled(input.seq, input.activityType, input.args));
          run.tell('scheduling', input);
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
          run.tell('schedulingLocal', input);
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
            headers = withAgentHeader(headers, run.continueHeader());
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

type Job = NonNullable<ActivateInput['activation']['jobs']>[number];

/** What a job says of the run's surroundings. */
function activated(run: AgentRun, job: Job): void {
  const { resolveActivity, resolveChildWorkflowExecution, resolveChildWorkflowExecutionStart } = job;
  if (resolveChildWorkflowExecutionStart) {
    const { seq, succeeded } = resolveChildWorkflowExecutionStart;
    run.tell('childStarted', seq ?? 0, succeeded != null);
  }
  if (resolveChildWorkflowExecution) {
    run.writer.resolved();
    run.tell('childResolved', resolveChildWorkflowExecution.seq ?? 0);
  }
  if (!resolveActivity) return;
  if (!resolveActivity.isLocal) run.writer.resolved();
  observe(() => {
    const payload = resolveActivity.result?.completed?.result;
    const resolved = run.state.onResolved(resolveActivity.seq ?? 0, resultOf(payload));
    if (resolved !== undefined) run.tell('activityResolved', resolved, payload);
  });
}

/** A result that cannot be decoded is one that cannot be followed, and no error of ours. */
function resultOf(payload: Parameters<typeof fromJsonPayload>[0]): unknown {
  try {
    // Bounded because it runs again at every replay.
    return fromJsonPayload(payload, SANDBOX_DECODE_MAX_BYTES);
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
