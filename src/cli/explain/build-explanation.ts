import type { AgentRecord, FindingRecord } from '../../content/record';
import { defined } from '../../definitions/defined';
import { explainActivities } from './explain-activities';
import { explainFailedAttempts } from './explain-failed-attempts';
import { explainTotals } from './explain-totals';
import {
  EXPLANATION_VERSION,
  type ExplainedChild,
  type ExplainedFinding,
  type ExplainedRun,
  type ExplainedWorkflow,
  type Explanation,
} from './explanation';
import { explainFailure, type RedactText } from './failures';
import { formatCount, plural } from './format';
import { type MergedActivity, mergeActivities } from './merge-activities';
import type { Chain } from './read-chain';
import { isoTime } from './time';
import { explainWaiting } from './waiting-for';

export interface ExplanationInput {
  readonly namespace: string;
  readonly workflowId: string;
  readonly chain: Chain;
  readonly records: readonly AgentRecord[];
  readonly findings: readonly FindingRecord[];
  /** What is to be said beside: where records were looked for, what content is gone. */
  readonly notes: readonly string[];
  readonly nowMs: number;
  readonly redact: RedactText;
}

/** Builds the story of a run from what was read. Pure: reads nothing, prints nothing. */
export function buildExplanation(input: ExplanationInput): Explanation {
  const { chain, records, redact } = input;
  const { focus, runs } = chain;
  const activities = mergeActivities(runs, records);
  const { iterations, tools } = explainActivities(activities, runs[0]?.story.agent.iteration ?? 0);
  const { failedAttempts, unknownAttempts } = explainFailedAttempts(activities, redact);
  const failure = focus.story.failure;
  return {
    version: EXPLANATION_VERSION,
    workflow: explainWorkflow(input),
    chain: runs.map(
      ({ description, story }): ExplainedRun => ({
        runId: description.runId,
        status: description.status,
        startedAt: isoTime(description.startedAtMs),
        events: description.events,
        eventsRead: story.eventsRead,
        ...defined({ closedAt: description.closedAtMs === undefined ? undefined : isoTime(description.closedAtMs) }),
      }),
    ),
    iterations,
    tools,
    children: explainChildren(input),
    failedAttempts,
    waitingFor: explainWaiting(focus.description, focus.story, redact),
    findings: input.findings.map(explainFinding),
    totals: explainTotals(activities, tools.length, failedAttempts.length),
    ...defined({ failure: failure && explainFailure(failure, redact) }),
    notes: [...chain.notes, ...input.notes, ...activityNotes(activities, unknownAttempts, records.length > 0)],
  };
}

function explainWorkflow({ namespace, workflowId, chain, records, nowMs }: ExplanationInput): ExplainedWorkflow {
  const { description, story } = chain.focus;
  const { searchAttributes: attributes } = description;
  const recorded = records.find(({ runId }) => runId === description.runId);
  const startedAtMs = story.agent.startedAt ?? chain.runs[0]?.description.startedAtMs ?? description.startedAtMs;
  const end = description.closedAtMs;
  return {
    namespace,
    workflowId,
    runId: description.runId,
    workflowType: description.workflowType,
    taskQueue: description.taskQueue,
    status: description.status,
    taskType: text(attributes.AgentTaskType) ?? story.agent.taskType ?? recorded?.taskType ?? description.workflowType,
    startedAt: isoTime(startedAtMs),
    durationMs: Math.max(0, (end ?? nowMs) - startedAtMs),
    ...defined({
      taskId: text(attributes.AgentTaskId) ?? story.agent.taskId ?? recorded?.taskId,
      sessionId: text(attributes.AgentSessionId) ?? story.agent.sessionId ?? recorded?.sessionId,
      closedAt: end === undefined ? undefined : isoTime(end),
      parent: description.parent,
    }),
  };
}

function explainFinding({ id, severity, message, advice, cause, runId, foundAtMs }: FindingRecord): ExplainedFinding {
  return { id, severity, message, advice, cause, ...(runId ? { runId } : {}), foundAt: isoTime(foundAtMs) };
}

function explainChildren({ chain }: ExplanationInput): ExplainedChild[] {
  return chain.runs.flatMap(({ story }) =>
    story.children.map(({ workflowId, workflowType, status, initiatedAtMs, runId, closedAtMs }) => ({
      workflowId,
      workflowType,
      status,
      initiatedAt: isoTime(initiatedAtMs),
      ...defined({ runId, closedAt: closedAtMs === undefined ? undefined : isoTime(closedAtMs) }),
    })),
  );
}

function activityNotes(activities: readonly MergedActivity[], unknownAttempts: number, hasRecords: boolean): string[] {
  const notes: string[] = [];
  const unreadable = activities.filter(
    ({ story, attempts }) => story?.unreadable !== undefined && attempts.length === 0,
  );
  if (unreadable.length > 0) {
    const encodings = [...new Set(unreadable.map(({ story }) => story?.unreadable))].join(', ');
    notes.push(
      `${plural(unreadable.length, 'result')} in history cannot be read here (${encodings}): model calls among them are shown as tools.`,
    );
  }
  const unrecorded = activities.filter(({ story, attempts }) => attempts.length === 0 && story?.outcome !== 'pending');
  if (hasRecords && unrecorded.length > 0) {
    notes.push(
      `${formatCount(unrecorded.length)} of ${plural(activities.length, 'activity', 'activities')} left no record.`,
    );
  }
  if (unknownAttempts > 0) {
    notes.push(
      `How ${plural(unknownAttempts, 'attempt')} ended is not known: no record is there, and history keeps only the last failure.`,
    );
  }
  return notes;
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
