import { defined } from '../../definitions/defined';
import type { FoundOrphans, Orphan } from '../../exporter/orphans';
import { describeEnd } from '../../exporter/parent-runs';
import { taskStartMs } from '../../exporter/task-start';
import { formatCount, formatDuration, plural, table } from '../explain/format';
import { isoTime } from '../explain/time';
import type { EndResult } from './end-orphans';

/** What `orphans --json` prints; described in docs/orphans.md. */
export interface OrphansReport {
  readonly namespace: string;
  /** When it was looked, in ISO 8601 like every time here. */
  readonly asOf: string;
  /** Running children that were looked at. */
  readonly children: number;
  /** There are more running children. */
  readonly more: boolean;
  /** Children of which it cannot be told whether their parent is closed. */
  readonly undecided: number;
  /** The oldest first. */
  readonly orphans: readonly OrphanEntry[];
}

export interface OrphanEntry {
  readonly taskType?: string;
  readonly workflowType: string;
  readonly workflowId: string;
  readonly runId: string;
  /** Start of the task, which may have continued as new since. */
  readonly startedAt: string;
  readonly ageSeconds: number;
  readonly iteration?: number;
  readonly lastTool?: string;
  readonly model?: string;
  readonly tokens?: number;
  readonly parent: {
    readonly workflowId: string;
    /** The run that started the child. */
    readonly runId: string;
    /** Absent where the parent is deleted. */
    readonly status?: string;
    readonly closedAt?: string;
  };
  /** What came of ending it. */
  readonly result?: EndResult;
}

export interface ReportInput {
  readonly namespace: string;
  readonly nowMs: number;
  readonly found: FoundOrphans;
  readonly results?: readonly EndResult[];
}

export function buildReport({ namespace, nowMs, found, results }: ReportInput): OrphansReport {
  const { orphans, children, more, undecided } = found;
  return {
    namespace,
    asOf: isoTime(nowMs),
    children,
    more,
    undecided,
    orphans: orphans.map((orphan, index) => entry(orphan, nowMs, results?.[index])),
  };
}

function entry({ run, parentEnd }: Orphan, nowMs: number, result: EndResult | undefined): OrphanEntry {
  const { taskType, workflowType, workflowId, runId, iteration, lastTool, model, tokens, parent } = run;
  const { status, closedAtMs } = parentEnd;
  const closedAt = closedAtMs === undefined ? undefined : isoTime(closedAtMs);
  return {
    ...defined({ taskType }),
    workflowType,
    workflowId,
    runId,
    startedAt: isoTime(taskStartMs(run)),
    ageSeconds: Math.max(0, Math.round((nowMs - taskStartMs(run)) / 1000)),
    ...defined({ iteration, lastTool, model, tokens }),
    parent: { workflowId: parent.workflowId, runId: parent.runId, ...defined({ status, closedAt }) },
    ...defined({ result }),
  };
}

/** What is printed for people. */
export function reportLines({ namespace, nowMs, found }: ReportInput): string[] {
  const { orphans, children, more, undecided } = found;
  const head = [
    'age',
    'task type',
    'iteration',
    'last tool',
    'tokens',
    'workflow id',
    'run id',
    'parent',
    'the parent',
  ];
  const rows = orphans.map(({ run, parentEnd }) => [
    formatDuration(nowMs - taskStartMs(run)),
    run.taskType ?? '-',
    run.iteration === undefined ? '-' : formatCount(run.iteration),
    run.lastTool ?? '-',
    run.tokens === undefined ? '-' : formatCount(run.tokens),
    run.workflowId,
    run.runId,
    run.parent.workflowId,
    describeEnd(parentEnd),
  ]);
  const looked = plural(children, 'running child agent');
  return [
    ...(rows.length === 0 ? [`No orphans in namespace "${namespace}" among ${looked}.`] : table([head, ...rows])),
    ...(undecided > 0
      ? [
          `Of ${plural(undecided, 'child', 'children')} it cannot be told whether the parent is closed: see docs/orphans.md.`,
        ]
      : []),
    ...(more
      ? [`There are more running child agents than the ${formatCount(children)} oldest: choose a higher --limit.`]
      : []),
  ];
}
