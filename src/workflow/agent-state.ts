/**
 * An agent's state, as a fold over what crosses the workflow's boundary: activities scheduled, results come back.
 * Everything here is derived from history, so that replay arrives at the same state.
 *
 * @module
 */

import type { AgentHeader, AgentIdentity } from '../definitions/agent-header';
import { defined } from '../definitions/defined';
import { isKnownModelActivity, toolNameOf } from '../llm/known-model-activities';
import { type ModelTurns, readModelTurns } from '../llm/read-model-turns';
import { readRequestModel } from '../llm/request-model';

/** Tools remembered; only the last is shown, the others serve when a type turns out to be a model activity. */
const MAX_TOOLS = 32;
const MAX_MODEL_ACTIVITIES = 16;
const MAX_ALLOWED = 64;

/** An activity that came to its end. */
export interface ResolvedActivity {
  readonly seq: number;
  readonly activityType: string;
  /** What a model's response says of itself, when the result was recognised as one. */
  readonly turns: ModelTurns | undefined;
}

interface Scheduled {
  readonly activityType: string;
  readonly requestModel?: string;
  /** The model that the arguments name is one of a known provider. */
  readonly namesModel: boolean;
}

interface UsedTool {
  readonly name: string;
  /** Unknown for a tool of the run before. */
  readonly activityType?: string;
}

export class AgentState {
  readonly taskType: string;
  readonly startedAt: number;
  private identity: Omit<AgentIdentity, 'taskType'>;
  private namedTaskType: string | undefined;
  private iterations: number;
  private tokenCount: number | undefined;
  private currentModel: string | undefined;
  private tools: UsedTool[];
  private readonly modelActivities: Set<string>;
  private readonly allowed: Set<string>;
  private readonly scheduled = new Map<number, Scheduled>();

  /**
   * @param header what the client, the parent or the run before sent
   * @param taskType what holds where the header names none
   */
  constructor(header: AgentHeader & { readonly startedAt: number }, taskType: string) {
    this.taskType = header.taskType ?? taskType;
    this.startedAt = header.startedAt;
    this.identity = defined({ taskId: header.taskId, sessionId: header.sessionId });
    this.iterations = header.iteration ?? 0;
    this.tokenCount = header.tokens;
    this.currentModel = header.model;
    this.tools = header.lastTool === undefined ? [] : [{ name: header.lastTool }];
    this.modelActivities = new Set(header.modelActivities);
    this.allowed = new Set(header.allowed);
  }

  get currentTaskType(): string {
    return this.namedTaskType ?? this.taskType;
  }

  get taskId(): string | undefined {
    return this.identity.taskId;
  }

  get sessionId(): string | undefined {
    return this.identity.sessionId;
  }

  get iteration(): number {
    return this.iterations;
  }

  get tokens(): number | undefined {
    return this.tokenCount;
  }

  get model(): string | undefined {
    return this.currentModel;
  }

  get lastTool(): string | undefined {
    return this.tools.at(-1)?.name;
  }

  /** Names the task from inside the workflow; what is left out stays as it is. */
  nameTask(identity: AgentIdentity): void {
    this.namedTaskType = identity.taskType ?? this.namedTaskType;
    this.identity = { ...this.identity, ...defined({ taskId: identity.taskId, sessionId: identity.sessionId }) };
  }

  /** A finding is meant, in this run and the next. */
  allow(finding: string): void {
    if (this.allowed.size < MAX_ALLOWED) this.allowed.add(finding);
  }

  allows(finding: string): boolean {
    return this.allowed.has(finding);
  }

  /** Whether activities of this type are known to call models. */
  callsModels(activityType: string): boolean {
    return isKnownModelActivity(activityType) || this.modelActivities.has(activityType);
  }

  /** Whether an open activity is taken for a model call: by its type, or by the model that its arguments name. */
  expectsModel(seq: number): boolean {
    const activity = this.scheduled.get(seq);
    return activity !== undefined && (activity.namesModel || this.callsModels(activity.activityType));
  }

  onScheduled(seq: number, activityType: string, args: readonly unknown[]): void {
    const { model, provider } = readRequestModel(args);
    this.scheduled.set(seq, defined({ activityType, requestModel: model, namesModel: provider !== undefined }));
    if (this.callsModels(activityType)) return;
    const name = toolNameOf(activityType, args);
    this.tools = this.tools.filter((tool) => tool.name !== name).slice(1 - MAX_TOOLS);
    this.tools.push({ name, activityType });
  }

  /** An activity came to its end; `result` is its decoded result, if it has one that could be read. */
  onResolved(seq: number, result: unknown): ResolvedActivity | undefined {
    const activity = this.scheduled.get(seq);
    this.scheduled.delete(seq);
    if (activity === undefined) return undefined;
    const turns = result === undefined ? undefined : readModelTurns(result);
    if (turns !== undefined) this.onModelTurns(activity, turns);
    return { seq, activityType: activity.activityType, turns };
  }

  private onModelTurns({ activityType, requestModel }: Scheduled, call: ModelTurns): void {
    this.iterations += call.turns;
    // What is no turn, an embedding or a receipt for a queued response, says nothing of the agent's model.
    if (call.turns > 0) this.currentModel = call.model ?? requestModel ?? this.currentModel;
    if (call.tokens !== undefined) this.tokenCount = sum(this.tokenCount, call.tokens);
    if (this.modelActivities.size < MAX_MODEL_ACTIVITIES) this.modelActivities.add(activityType);
    this.tools = this.tools.filter((tool) => tool.activityType !== activityType);
  }

  /** For activities of this run: who they work for, and at which turn. */
  activityHeader(): AgentHeader {
    const allowed = this.allowed.size > 0 ? [...this.allowed] : undefined;
    return { ...this.childHeader(), taskType: this.currentTaskType, iteration: this.iterations, allowed };
  }

  /** For children: the ids and nothing else, a child is a task of its own type. */
  childHeader(): AgentHeader {
    return this.identity;
  }

  /** For the next run of this task: everything. */
  continueHeader(): AgentHeader {
    return defined({
      ...this.activityHeader(),
      startedAt: this.startedAt,
      tokens: this.tokenCount,
      model: this.currentModel,
      lastTool: this.lastTool,
      modelActivities: [...this.modelActivities],
    });
  }
}

/** A number that visibility cannot store would fail the workflow task for ever. */
function sum(tokens: number | undefined, more: number): number {
  return Math.min((tokens ?? 0) + more, Number.MAX_SAFE_INTEGER);
}
