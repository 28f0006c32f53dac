import type { Connection } from '@temporalio/client';
import type { Visibility } from '../../client/visibility';
import { isAskable } from '../../client/visibility-query';
import type { VisibleRun } from '../../client/visible-run';
import { defined } from '../../definitions/defined';
import { METRIC_LABEL_VALUES_MAX } from '../../definitions/limits';
import type { ExporterConfig } from '../../exporter/config';
import { ExpectedDurations } from '../../exporter/expected';
import { listOverdue, type OverdueQuestion } from '../../exporter/overdue';
import { taskStartMs } from '../../exporter/task-start';
import { TemporalVisibility } from '../../exporter/temporal-visibility';
import { agentAttributes } from '../agent-attributes';
import { plural } from '../explain/format';
import { isoTime } from '../explain/time';
import { mapBounded } from '../map-bounded';
import { type Progress, throttled } from '../progress';
import { describeWaits } from './describe-waits';
import { type ExpectedOfType, OVERDUE_VERSION, type OverdueReport, type OverdueRun } from './report';
import { type RunningTaskTypes, runningTaskTypes } from './running-task-types';

export interface OverdueRequest {
  readonly connection: Connection;
  readonly namespace: string;
  readonly config: Pick<ExporterConfig, 'taskTypes' | 'expected' | 'listLimit'>;
  /** All that run when left out. */
  readonly taskType?: string;
  /** Expected of every type, in place of what is configured or observed; in milliseconds. */
  readonly expected?: number;
  /** Most runs that are listed. */
  readonly limit: number;
}

/** A type needs a request, and where there are more it names pieces of work instead of a kind. */
const MAX_TYPES = METRIC_LABEL_VALUES_MAX;
/** Runs that are described at a time. */
const DESCRIBES = 8;

/** Finds the agents that are overdue and what they wait for; `note` is told now and then how far it is. */
export async function findOverdue(request: OverdueRequest, note: (line: string) => void): Promise<OverdueReport> {
  const { connection, namespace, config, limit } = request;
  const progress = throttled(note);
  const attributes = await agentAttributes(connection, namespace);
  const visibility = new TemporalVisibility(connection, namespace);
  const nowMs = Date.now();
  const question: OverdueQuestion = { visibility, attributes, nowMs, listLimit: config.listLimit };

  const types = await taskTypesOf(request, visibility);
  const taskTypes = await expectations(request, question, types.names, progress);
  const expected = new Map<string, number>();
  for (const { taskType, expectedMs } of taskTypes) if (expectedMs !== undefined) expected.set(taskType, expectedMs);
  const { total, runs } = await listOverdue(question, expected, limit);
  let done = 0;
  const described = await mapBounded(runs, DESCRIBES, async (run) => {
    const waits = await describeWaits(connection.workflowService, namespace, run);
    done++;
    progress(() => `${done} of ${plural(runs.length, 'run')} described`);
    return waits && { run: overdueRun(run, waits.waitingFor, taskTypes, nowMs), note: waits.note };
  });
  const open = described.filter((each) => each !== undefined);
  const closed = runs.length - open.length;
  return {
    version: OVERDUE_VERSION,
    namespace,
    at: isoTime(nowMs),
    taskTypes,
    overdue: total - closed,
    runs: open.map(({ run }) => run),
    notes: [
      ...(types.more
        ? [`Only ${plural(MAX_TYPES, 'task type')} were looked at; ask for others with --task-type.`]
        : []),
      ...(types.unaskable
        ? ['Temporal may not find agents of task types with quotes, backslashes or control characters.']
        : []),
      ...(closed === 0 ? [] : [`${plural(closed, 'run')} closed while this was read.`]),
      ...open.flatMap((each) => each.note ?? []),
    ],
  };
}

async function taskTypesOf({ taskType }: OverdueRequest, visibility: Visibility): Promise<RunningTaskTypes> {
  return taskType === undefined
    ? runningTaskTypes(visibility, MAX_TYPES)
    : { names: [taskType], more: false, unaskable: !isAskable(taskType) };
}

async function expectations(
  { config, expected }: OverdueRequest,
  { visibility, nowMs }: OverdueQuestion,
  names: readonly string[],
  progress: Progress,
): Promise<readonly ExpectedOfType[]> {
  if (expected !== undefined) {
    return names.map((name) => ({ taskType: name, source: 'given', expectedMs: expected }));
  }
  const durations = new ExpectedDurations(visibility, config);
  const types: ExpectedOfType[] = [];
  for (const name of names) {
    const expectation = (await durations.of([name], nowMs)).get(name);
    if (expectation === undefined) continue;
    const { source, ms, sample } = expectation;
    types.push({ taskType: name, source, ...defined({ expectedMs: ms, sample }) });
    progress(() => `completed runs of ${types.length} of ${plural(names.length, 'task type')} read`);
  }
  return types;
}

function overdueRun(
  run: VisibleRun,
  waitingFor: OverdueRun['waitingFor'],
  taskTypes: readonly ExpectedOfType[],
  nowMs: number,
): OverdueRun {
  const expectation = taskTypes.find(({ taskType }) => taskType === run.taskType);
  const { taskId, sessionId, iteration, lastTool, model, tokens, approvalState, approvalDueAtMs } = run;
  const startMs = taskStartMs(run);
  return {
    taskType: run.taskType ?? '',
    workflowId: run.workflowId,
    runId: run.runId,
    workflowType: run.workflowType,
    taskQueue: run.taskQueue,
    startedAt: isoTime(startMs),
    ageMs: nowMs - startMs,
    expectedMs: expectation?.expectedMs ?? 0,
    source: expectation?.source ?? 'observed',
    ...defined({ taskId, sessionId, iteration, lastTool, model, tokens, approvalState }),
    ...(approvalDueAtMs !== undefined ? { approvalDueAt: isoTime(approvalDueAtMs) } : {}),
    waitingFor,
  };
}
