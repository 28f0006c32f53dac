/**
 * The one activity interceptor. It builds one observation per attempt and hands it to whoever watches; the activity's
 * result or error passes through untouched.
 *
 * @module
 */

import { CompleteAsyncError, type Context } from '@temporalio/activity';
import type {
  ActivityExecuteInput,
  ActivityInboundCallsInterceptor,
  ActivityInterceptorsFactory,
  ActivityOutboundCallsInterceptor,
  GetLogAttributesInput,
  Next,
} from '@temporalio/worker';
import { type AgentHeader, readAgentHeader } from '../definitions/agent-header';
import type { Detection } from '../definitions/finding';
import { isKnownModelActivity, toolNameOf } from '../llm/known-model-activities';
import { readRequestModel } from '../llm/request-model';
import { setAgentContext } from './agent-context';
import type { AttemptObserver, AttemptStart, AttemptTrace } from './attempt-observer';
import { type AttemptEnd, buildObservation } from './build-observation';
import { type AttemptDetector, type AttemptWatch, attemptDetectors, type WatchedAttempt } from './detectors';
import { endWatches, watchAttempt } from './detectors/watch-attempt';
import type { ActivityObservation, AgentCorrelation } from './observation';

/** Activity types remembered as model activities because they returned a model's response. */
const MAX_LEARNED = 1_000;

export function activityInterceptors(observer: AttemptObserver): ActivityInterceptorsFactory {
  const learned = new Set<string>();
  const detectors = attemptDetectors();
  return (ctx) => {
    const attempt = new Attempt(ctx, observer, learned, detectors);
    return { inbound: attempt, outbound: attempt };
  };
}

type Execute = Next<ActivityInboundCallsInterceptor, 'execute'>;
type GetLogAttributes = Next<ActivityOutboundCallsInterceptor, 'getLogAttributes'>;

/** Intercepts one attempt. */
class Attempt implements ActivityInboundCallsInterceptor, ActivityOutboundCallsInterceptor {
  private trace: AttemptTrace | undefined;
  private watched: WatchedAttempt | undefined;
  private watches: readonly AttemptWatch[] | undefined;

  constructor(
    private readonly ctx: Context,
    private readonly observer: AttemptObserver,
    private readonly learned: Set<string>,
    private readonly detectors: readonly AttemptDetector[],
  ) {}

  /** One `async` and no closures: promises are what an interceptor costs most. */
  async execute(input: ActivityExecuteInput, next: Execute): Promise<unknown> {
    const start = this.begin(input);
    const { trace } = this;
    if (start === undefined || trace === undefined) return await next(input);
    const startedAt = performance.now();
    let result: unknown;
    try {
      result = await trace.run(next, input);
    } catch (error) {
      this.end(trace, start, input, { error }, performance.now() - startedAt);
      throw error;
    }
    this.end(trace, start, input, { result }, performance.now() - startedAt);
    return result;
  }

  getLogAttributes(input: GetLogAttributesInput, next: GetLogAttributes): Record<string, unknown> {
    return next(this.trace === undefined ? input : this.trace.logAttributes(input));
  }

  private begin({ args, headers }: ActivityExecuteInput): AttemptStart | undefined {
    const { ctx, observer } = this;
    try {
      const { activityType } = ctx.info;
      const header = readAgentHeader(headers);
      const { model, provider } = readRequestModel(args);
      const isModelActivity = isKnownModelActivity(activityType) || this.learned.has(activityType);
      const start: AttemptStart = {
        correlation: correlationOf(ctx, header, observer),
        startedAtMs: Date.now(),
        expected: isModelActivity || provider !== undefined ? 'llm' : 'tool',
        isModelActivity,
        tool: toolNameOf(activityType, args),
        requestModel: model,
        requestProvider: provider,
        allowed: header.allowed,
      };
      const trace = observer.begin(start);
      this.trace = trace;
      setAgentContext(ctx, start.correlation);
      if (this.detectors.length > 0) {
        const { thresholds, report } = observer;
        const found = (detection: Detection) => trace.found(detection);
        this.watched = { ctx, start, args, thresholds, found, report };
        this.watches = watchAttempt(this.detectors, this.watched);
      }
      return start;
    } catch (error) {
      observer.report('activity', error);
      return undefined;
    }
  }

  private end(
    trace: AttemptTrace,
    start: AttemptStart,
    { args }: ActivityExecuteInput,
    end: AttemptEnd,
    durationMs: number,
  ): void {
    try {
      if ('error' in end && end.error instanceof CompleteAsyncError) {
        this.endWatches(undefined);
        trace.abandon();
        return;
      }
      const observation = buildObservation(start, args, end, durationMs, this.observer);
      if (observation.call !== undefined && this.learned.size < MAX_LEARNED) {
        this.learned.add(observation.correlation.activityType);
      }
      this.endWatches(observation);
      trace.end(observation);
    } catch (error) {
      this.observer.report('activity', error);
      // A detector that is not told of the end would go on watching.
      this.endWatches(undefined);
      trace.abandon();
    }
  }

  private endWatches(observation: ActivityObservation | undefined): void {
    const { watches, watched } = this;
    if (watches === undefined || watched === undefined) return;
    this.watches = undefined;
    endWatches(watches, observation, watched);
  }
}

function correlationOf(
  ctx: Context,
  { taskType, taskId, sessionId, iteration }: AgentHeader,
  observer: AttemptObserver,
): AgentCorrelation {
  const { info } = ctx;
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
