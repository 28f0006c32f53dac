import { readAgentHeader } from '../../definitions/agent-header';
import { newActivity, type Payloads, readResult, toolName } from './activity-story';
import { childEnds, runEnd } from './event-ends';
import { decodePayload } from './payloads';
import type { ActivityStory, ChildStory, HistoryEvent, RunStory } from './run-story';
import { protoTimeMs } from './time';

/** Marker by which the SDK records a local activity that ended. */
const LOCAL_ACTIVITY_MARKER = 'core_local_activity';

/**
 * Folds the events of one run, oldest first, into its story. Events may be missing at the beginning (a long history is
 * read from its end): what refers to something unread is counted and left out.
 */
export function foldHistory(runId: string, events: readonly HistoryEvent[]): RunStory {
  const fold = new HistoryFold(runId);
  for (const event of events) fold.add(event);
  return fold.story;
}

class HistoryFold {
  readonly story: RunStory;
  private readonly activities = new Map<string, ActivityStory>();
  /** Inputs of open activities, undecoded: only a response that does not name its model needs one. */
  private readonly inputs = new Map<string, Payloads>();
  private readonly children = new Map<string, ChildStory>();

  constructor(runId: string) {
    this.story = {
      runId,
      workflowType: undefined,
      taskQueue: undefined,
      agent: {},
      startedAtMs: undefined,
      closedAtMs: undefined,
      end: undefined,
      failure: undefined,
      previousRunId: undefined,
      nextRunId: undefined,
      parent: undefined,
      activities: [],
      timers: new Map(),
      children: [],
      signals: 0,
      updates: 0,
      workflowTaskFailure: undefined,
      eventsRead: 0,
      orphanEvents: 0,
    };
  }

  add(event: HistoryEvent): void {
    this.story.eventsRead++;
    const atMs = protoTimeMs(event.eventTime) ?? 0;
    this.addStart(event, atMs);
    this.addActivityEvent(event, atMs);
    this.addChildEvent(event, atMs);
    this.addTimerEvent(event, atMs);
    this.addMarker(event, atMs);
    this.addEnd(event, atMs);
    this.addWorkflowTaskEvent(event);
    if (event.workflowExecutionSignaledEventAttributes != null) this.story.signals++;
    if (event.workflowExecutionUpdateAcceptedEventAttributes != null) this.story.updates++;
  }

  private addStart(event: HistoryEvent, atMs: number): void {
    const started = event.workflowExecutionStartedEventAttributes;
    if (started == null) return;
    this.story.startedAtMs = atMs;
    this.story.workflowType = started.workflowType?.name ?? undefined;
    this.story.taskQueue = started.taskQueue?.name ?? undefined;
    this.story.agent = readAgentHeader(started.header?.fields ?? undefined);
    this.story.previousRunId = started.continuedExecutionRunId || undefined;
    const parent = started.parentWorkflowExecution;
    if (parent?.workflowId) this.story.parent = { workflowId: parent.workflowId, runId: parent.runId ?? '' };
  }

  private addActivityEvent(event: HistoryEvent, atMs: number): void {
    const scheduled = event.activityTaskScheduledEventAttributes;
    if (scheduled != null) {
      const activityType = scheduled.activityType?.name ?? '';
      const tool = toolName(activityType, scheduled.input?.payloads);
      const activity = newActivity({ activityId: scheduled.activityId ?? '', activityType, tool }, atMs, false);
      this.activities.set(String(event.eventId), activity);
      this.inputs.set(String(event.eventId), scheduled.input?.payloads);
      this.story.activities.push(activity);
      return;
    }
    const started = event.activityTaskStartedEventAttributes;
    if (started != null) {
      this.withActivity(started.scheduledEventId, (activity) => {
        activity.startedAtMs = atMs;
        activity.attempts = started.attempt ?? 1;
        activity.previousFailure = started.lastFailure ?? undefined;
      });
    }
    const completed = event.activityTaskCompletedEventAttributes;
    if (completed != null) {
      this.withActivity(completed.scheduledEventId, (activity) => {
        activity.outcome = 'ok';
        activity.closedAtMs = atMs;
        readResult(activity, completed.result?.payloads, this.inputs.get(String(completed.scheduledEventId)));
      });
      this.inputs.delete(String(completed.scheduledEventId));
    }
    const failed = event.activityTaskFailedEventAttributes ?? event.activityTaskTimedOutEventAttributes;
    if (failed != null) {
      this.withActivity(failed.scheduledEventId, (activity) => {
        activity.outcome = event.activityTaskTimedOutEventAttributes != null ? 'timeout' : 'error';
        activity.closedAtMs = atMs;
        activity.failure = failed.failure ?? undefined;
      });
    }
    const canceled = event.activityTaskCanceledEventAttributes;
    if (canceled != null) {
      this.withActivity(canceled.scheduledEventId, (activity) => {
        activity.outcome = 'cancelled';
        activity.closedAtMs = atMs;
      });
    }
  }

  private withActivity(scheduledEventId: unknown, change: (activity: ActivityStory) => void): void {
    const activity = this.activities.get(String(scheduledEventId));
    if (activity === undefined) this.story.orphanEvents++;
    else change(activity);
  }

  private addChildEvent(event: HistoryEvent, atMs: number): void {
    const initiated = event.startChildWorkflowExecutionInitiatedEventAttributes;
    if (initiated != null) {
      const child: ChildStory = {
        workflowId: initiated.workflowId ?? '',
        workflowType: initiated.workflowType?.name ?? '',
        initiatedAtMs: atMs,
        runId: undefined,
        closedAtMs: undefined,
        status: 'starting',
      };
      this.children.set(String(event.eventId), child);
      this.story.children.push(child);
      return;
    }
    const started = event.childWorkflowExecutionStartedEventAttributes;
    if (started != null) {
      this.withChild(started.initiatedEventId, (child) => {
        child.status = 'running';
        child.runId = started.workflowExecution?.runId ?? undefined;
      });
    }
    for (const [end, status] of childEnds(event)) {
      this.withChild(end.initiatedEventId, (child) => {
        child.status = status;
        child.closedAtMs = atMs;
      });
    }
  }

  private withChild(initiatedEventId: unknown, change: (child: ChildStory) => void): void {
    const child = this.children.get(String(initiatedEventId));
    if (child === undefined) this.story.orphanEvents++;
    else change(child);
  }

  private addTimerEvent(event: HistoryEvent, atMs: number): void {
    const started = event.timerStartedEventAttributes;
    if (started?.timerId) {
      const firesAtMs = atMs + (protoTimeMs(started.startToFireTimeout) ?? 0);
      this.story.timers.set(started.timerId, { timerId: started.timerId, startedAtMs: atMs, firesAtMs });
    }
    const ended = event.timerFiredEventAttributes ?? event.timerCanceledEventAttributes;
    if (ended?.timerId) this.story.timers.delete(ended.timerId);
  }

  private addWorkflowTaskEvent(event: HistoryEvent): void {
    const failed = event.workflowTaskFailedEventAttributes;
    if (failed != null) this.story.workflowTaskFailure = failed.failure ?? undefined;
    if (event.workflowTaskCompletedEventAttributes != null) this.story.workflowTaskFailure = undefined;
  }

  private addMarker(event: HistoryEvent, atMs: number): void {
    const marker = event.markerRecordedEventAttributes;
    if (marker?.markerName !== LOCAL_ACTIVITY_MARKER) return;
    const data = decodePayload(marker.details?.data?.payloads?.[0]);
    const about = data.kind === 'value' ? (data.value as Record<string, unknown> | null) : null;
    const activityType = String(about?.activity_type ?? '');
    const activityId = String(about?.activity_id ?? '');
    const activity = newActivity({ activityId, activityType, tool: activityType }, atMs, true);
    activity.attempts = typeof about?.attempt === 'number' ? about.attempt : 1;
    activity.outcome = marker.failure == null ? 'ok' : 'error';
    activity.closedAtMs = atMs;
    activity.failure = marker.failure ?? undefined;
    readResult(activity, marker.details?.result?.payloads, undefined);
    this.story.activities.push(activity);
  }

  private addEnd(event: HistoryEvent, atMs: number): void {
    const end = runEnd(event);
    if (end === undefined) return;
    this.story.end = end;
    this.story.closedAtMs = atMs;
    this.story.failure = event.workflowExecutionFailedEventAttributes?.failure ?? undefined;
    const next =
      event.workflowExecutionContinuedAsNewEventAttributes ??
      event.workflowExecutionCompletedEventAttributes ??
      event.workflowExecutionFailedEventAttributes ??
      event.workflowExecutionTimedOutEventAttributes;
    this.story.nextRunId = next?.newExecutionRunId || undefined;
  }
}
