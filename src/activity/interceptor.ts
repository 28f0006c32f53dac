/**
 * The one activity interceptor. It builds one observation per attempt and hands it to whoever watches; the activity's
 * result or error passes through untouched.
 *
 * @module
 */

import { CompleteAsyncError, type Context } from '@temporalio/activity';
import type { ActivityExecuteInput, ActivityInterceptors, ActivityInterceptorsFactory, Next } from '@temporalio/worker';
import { readAgentHeader } from '../definitions/agent-header';
import { isKnownModelActivity, toolNameOf } from '../llm/known-model-activities';
import { readRequestModel } from '../llm/request-model';
import { runWithAgentContext } from './agent-context';
import type { AttemptObserver, AttemptStart, AttemptTrace } from './attempt-observer';
import { type AttemptEnd, buildObservation } from './build-observation';
import type { AgentCorrelation } from './observation';

/** Activity types remembered as model activities because they returned a model's response. */
const MAX_LEARNED = 1_000;

export function activityInterceptors(observer: AttemptObserver): ActivityInterceptorsFactory {
  const learned = new Set<string>();
  return (ctx): ActivityInterceptors => {
    let attempt: Attempt | undefined;
    return {
      inbound: {
        async execute(input, next) {
          try {
            attempt = new Attempt(ctx, input, observer, learned);
          } catch (error) {
            observer.report('activity', error);
            return await next(input);
          }
          return await attempt.execute(next);
        },
      },
      outbound: {
        getLogAttributes(input, next) {
          return next(attempt === undefined ? input : withDefaults(input, attempt.logAttributes()));
        },
      },
    };
  };
}

/** Faster than spreading twice, which counts: Temporal asks for the attributes of every attempt at least twice. */
function withDefaults(
  attributes: Readonly<Record<string, unknown>>,
  defaults: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const result = { ...attributes };
  for (const key in defaults) {
    if (!(key in result)) result[key] = defaults[key];
  }
  return result;
}

type Execute = Next<NonNullable<ActivityInterceptors['inbound']>, 'execute'>;

class Attempt {
  private readonly start: AttemptStart;
  private readonly trace: AttemptTrace;
  private readonly startedAtMs = Date.now();
  private readonly startedAt = performance.now();

  constructor(
    ctx: Context,
    private readonly input: ActivityExecuteInput,
    private readonly observer: AttemptObserver,
    private readonly learned: Set<string>,
  ) {
    const { args, headers } = input;
    const { activityType } = ctx.info;
    const { model, provider } = readRequestModel(args);
    const isModelActivity = isKnownModelActivity(activityType) || learned.has(activityType);
    this.start = {
      correlation: correlationOf(ctx, headers, observer),
      expected: isModelActivity || provider !== undefined ? 'llm' : 'tool',
      isModelActivity,
      tool: toolNameOf(activityType, args),
      requestModel: model,
      requestProvider: provider,
    };
    this.trace = observer.begin(this.start);
  }

  async execute(next: Execute): Promise<unknown> {
    const { correlation } = this.start;
    let result: unknown;
    try {
      result = await this.trace.run(() => runWithAgentContext(correlation, () => next(this.input)));
    } catch (error) {
      this.end({ error });
      throw error;
    }
    this.end({ result });
    return result;
  }

  logAttributes(): Readonly<Record<string, unknown>> {
    return this.trace.logAttributes();
  }

  private end(end: AttemptEnd): void {
    try {
      if ('error' in end && end.error instanceof CompleteAsyncError) {
        this.trace.abandon();
        return;
      }
      const time = { startedAtMs: this.startedAtMs, durationMs: performance.now() - this.startedAt };
      const observation = buildObservation(this.start, this.input.args, end, time, this.observer);
      if (observation.call !== undefined && this.learned.size < MAX_LEARNED) {
        this.learned.add(observation.correlation.activityType);
      }
      this.trace.end(observation);
    } catch (error) {
      this.observer.report('activity', error);
      this.trace.abandon();
    }
  }
}

function correlationOf(
  ctx: Context,
  headers: ActivityExecuteInput['headers'],
  observer: AttemptObserver,
): AgentCorrelation {
  const { info } = ctx;
  const { taskType, taskId, sessionId, iteration } = readAgentHeader(headers);
  const workflowType = info.workflowType ?? '';
  return {
    namespace: observer.namespace,
    // Standalone activities have no workflow; their own id takes its place.
    workflowId: info.workflowExecution?.workflowId ?? info.activityId,
    runId: info.workflowExecution?.runId ?? info.activityId,
    workflowType,
    taskQueue: info.taskQueue,
    activityId: info.activityId,
    activityType: info.activityType,
    attempt: info.attempt,
    isLocal: info.isLocal,
    taskType: taskType ?? taskTypeOf(observer, workflowType) ?? workflowType,
    taskId,
    sessionId,
    iteration,
  };
}

function taskTypeOf({ taskTypes }: AttemptObserver, workflowType: string): string | undefined {
  return Object.hasOwn(taskTypes, workflowType) ? taskTypes[workflowType] : undefined;
}
