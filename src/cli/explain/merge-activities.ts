import type { AgentRecord } from '../../content/record';
import type { PendingActivity } from './describe-run';
import type { ChainRun } from './read-chain';
import type { ActivityStory } from './run-story';

/** One activity with all that is known of it: from history, from Describe, and from the records of its attempts. */
export interface MergedActivity {
  readonly runId: string;
  readonly activityId: string;
  readonly activityType: string;
  readonly isLocal: boolean;
  readonly scheduledAtMs: number;
  /** `undefined` when the part of the history that scheduled it was not read. */
  readonly story: ActivityStory | undefined;
  readonly pending: PendingActivity | undefined;
  /** First attempt first; attempts may be missing. */
  readonly attempts: readonly AgentRecord[];
}

/** Brings history and records together, in the order in which the activities were scheduled. */
export function mergeActivities(runs: readonly ChainRun[], records: readonly AgentRecord[]): readonly MergedActivity[] {
  const recorded = groupRecords(records);
  const runOrder = new Map(runs.map(({ description }, index) => [description.runId, index]));
  const merged = runs.flatMap(({ description, story }) =>
    story.activities.map((activity) => {
      const key = keyOf(story.runId, activity.activityId);
      const attempts = recorded.get(key) ?? [];
      recorded.delete(key);
      return {
        runId: story.runId,
        activityId: activity.activityId,
        activityType: activity.activityType,
        isLocal: activity.isLocal,
        scheduledAtMs: activity.scheduledAtMs,
        story: activity,
        pending: pendingOf(description.pendingActivities, activity),
        attempts,
      };
    }),
  );
  const unread = [...recorded.values()].flatMap((attempts) => fromRecordsAlone(attempts, runOrder));
  const order = ({ runId }: MergedActivity) => runOrder.get(runId) ?? 0;
  return [...merged, ...unread].sort((a, b) => order(a) - order(b) || a.scheduledAtMs - b.scheduledAtMs);
}

function fromRecordsAlone(attempts: readonly AgentRecord[], runOrder: ReadonlyMap<string, number>): MergedActivity[] {
  const [first] = attempts;
  // Records of runs that were not read belong to another story.
  if (first === undefined || !runOrder.has(first.runId)) return [];
  const { runId, activityId, activityType, isLocal } = first;
  const scheduledAtMs = first.startedAtMs;
  return [{ runId, activityId, activityType, isLocal, scheduledAtMs, story: undefined, pending: undefined, attempts }];
}

function groupRecords(records: readonly AgentRecord[]): Map<string, AgentRecord[]> {
  const groups = new Map<string, AgentRecord[]>();
  for (const record of records) {
    const key = keyOf(record.runId, record.activityId);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [record]);
    else group.push(record);
  }
  for (const group of groups.values()) group.sort((a, b) => a.attempt - b.attempt);
  return groups;
}

function keyOf(runId: string, activityId: string): string {
  return `${runId}/${activityId}`;
}

function pendingOf(pending: readonly PendingActivity[], activity: ActivityStory): PendingActivity | undefined {
  if (activity.outcome !== 'pending') return undefined;
  return pending.find(({ activityId }) => activityId === activity.activityId);
}
