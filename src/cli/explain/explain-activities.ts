import type { Outcome } from '../../activity/observation';
import type { AgentRecord } from '../../content/record';
import { defined } from '../../definitions/defined';
import { isKnownModelActivity } from '../../llm/known-model-activities';
import type { LlmCall } from '../../llm/types';
import type { ExplainedIteration, ExplainedTool } from './explanation';
import type { MergedActivity } from './merge-activities';
import { isoTime } from './time';

export interface ExplainedActivities {
  readonly iterations: readonly ExplainedIteration[];
  readonly tools: readonly ExplainedTool[];
}

/**
 * Tells model calls from tools and numbers the iterations.
 *
 * @param iterationsBefore - model turns of the task before the first of these activities
 */
export function explainActivities(
  activities: readonly MergedActivity[],
  iterationsBefore: number,
): ExplainedActivities {
  const modelTypes = new Set(activities.filter(isModelCall).map(({ activityType }) => activityType));
  const iterations: ExplainedIteration[] = [];
  const tools: ExplainedTool[] = [];
  let turns = iterationsBefore;
  for (const activity of activities) {
    // A record knows the count even where the history before it was not read.
    turns = Math.max(turns, activity.attempts[0]?.iteration ?? 0);
    // A model activity that has failed so far is known by its type.
    if (isModelCall(activity) || (modelTypes.has(activity.activityType) && activity.attempts.length === 0)) {
      const iteration = explainIteration(activity, turns + 1);
      iterations.push(iteration);
      turns += callOf(activity)?.turns ?? 0;
    } else {
      tools.push(explainTool(activity, turns));
    }
  }
  return { iterations, tools };
}

/** The call that answered, of the last attempt that did. */
export function callOf({ attempts, story }: MergedActivity): ExplainedCall | undefined {
  const answered = attempts.findLast(isAnswered);
  return answered === undefined ? story?.call : callOfRecord(answered);
}

/** Whether the attempt returned what a reader recognised as a model's answer. */
export function isAnswered({ turns }: AgentRecord): boolean {
  return turns !== undefined;
}

export function attemptsOf({ attempts, story, pending }: MergedActivity): number {
  const recorded = attempts.at(-1)?.attempt ?? 0;
  return Math.max(recorded, story?.attempts ?? 0, pending?.attempt ?? 0, 1);
}

type ExplainedCall = Pick<
  LlmCall,
  'provider' | 'model' | 'requestModel' | 'usage' | 'finish' | 'finishRaw' | 'refusal' | 'toolCalls' | 'turns'
>;

function callOfRecord(record: AgentRecord): ExplainedCall {
  const { provider = '_OTHER', refusal = false, toolCalls = [], turns = 1 } = record;
  const { model, requestModel, usage, finish, finishRaw } = record;
  return { provider, refusal, toolCalls, turns, ...defined({ model, requestModel, usage, finish, finishRaw }) };
}

function isModelCall({ attempts, story, activityType }: MergedActivity): boolean {
  const isRecordedAsOne = attempts.some(({ kind }) => kind === 'llm');
  return isRecordedAsOne || story?.call !== undefined || isKnownModelActivity(activityType);
}

function explainIteration(activity: MergedActivity, number: number): ExplainedIteration {
  const call = callOf(activity);
  const answered = activity.attempts.findLast(isAnswered);
  const latest = activity.attempts.at(-1);
  return {
    number,
    ...common(activity),
    usageSource: answered?.usageSource ?? (call?.usage === undefined ? 'absent' : 'provider'),
    refusal: call?.refusal ?? false,
    toolCalls: call?.toolCalls ?? [],
    ...defined({
      provider: call?.provider ?? latest?.provider,
      model: call?.model ?? call?.requestModel ?? latest?.requestModel,
      usage: call?.usage,
      costUsd: answered?.costUsd,
      finish: call?.finish,
      finishRaw: call?.finishRaw,
    }),
  };
}

function explainTool(activity: MergedActivity, iteration: number): ExplainedTool {
  const recorded = activity.attempts.find(({ tool }) => tool !== undefined)?.tool;
  const name = recorded ?? activity.story?.tool ?? activity.activityType;
  return { name, iteration, ...common(activity) };
}

function common(activity: MergedActivity) {
  const { activityType, activityId, runId, isLocal, attempts, story, scheduledAtMs } = activity;
  const last = attempts.at(-1);
  const outcome = outcomeOf(activity, last);
  const source = last === undefined ? ('history' as const) : ('record' as const);
  return {
    activityType,
    activityId,
    runId,
    isLocal,
    attempts: attemptsOf(activity),
    startedAt: isoTime(last?.startedAtMs ?? story?.startedAtMs ?? scheduledAtMs),
    outcome,
    source,
    ...defined({
      durationMs: outcome === 'pending' ? undefined : durationOf(activity, last),
      input: last?.input,
      output: last?.output,
    }),
  };
}

function durationOf({ story }: MergedActivity, last: AgentRecord | undefined): number | undefined {
  if (last !== undefined) return Math.round(last.durationMs);
  if (story?.startedAtMs === undefined || story.closedAtMs === undefined) return undefined;
  return story.closedAtMs - story.startedAtMs;
}

/** History knows best whether an activity ended; what an answer was worth, only the record or the call says. */
function outcomeOf({ story }: MergedActivity, last: AgentRecord | undefined): Outcome | 'pending' {
  if (story === undefined) return last?.outcome ?? 'ok';
  if (story.outcome !== 'ok') return story.outcome;
  if (last !== undefined && last.outcome !== 'error' && last.outcome !== 'timeout') return last.outcome;
  if (story.call?.refusal === true) return 'refusal';
  return story.call?.finish === 'content_filter' ? 'content_filter' : 'ok';
}
