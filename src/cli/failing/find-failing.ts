import type { Connection } from '@temporalio/client';
import { GRPC, grpcCode } from '../../client/grpc-status';
import type { Visibility } from '../../client/visibility';
import { allOf, oneOf, quoteTime, RUNNING } from '../../client/visibility-query';
import type { VisibleRun } from '../../client/visible-run';
import { earliestRuns } from '../../exporter/earliest-runs';
import { reported } from '../../exporter/reported-failing-runs';
import { taskAttempt } from '../../exporter/sampled-failing-runs';
import { IS_AGENT } from '../../exporter/task-types';
import { TemporalDescriber } from '../../exporter/temporal-describer';
import { TemporalRequests } from '../../exporter/temporal-requests';
import { TemporalVisibility } from '../../exporter/temporal-visibility';
import type { WorkflowDescriber } from '../../exporter/workflow-describer';
import { agentAttributes } from '../agent-attributes';
import { formatCount, plural } from '../explain/format';
import { isoTime } from '../explain/time';
import { mapBounded } from '../map-bounded';
import { type Progress, throttled } from '../progress';
import { explainRun } from './explain-run';
import { FAILING_VERSION, type FailingReport } from './report';

export interface FailingRequest {
  readonly connection: Connection;
  readonly namespace: string;
  /** All when left out. */
  readonly taskType?: string;
  /** Most runs that are listed. */
  readonly limit: number;
  /** Most running agents that are described where the server does not report failing ones. */
  readonly sample: number;
  /** Attempts from which on a workflow task counts as failing again and again, where the server does not say. */
  readonly attempts: number;
}

/** Neither counts towards the rate limit of visibility. */
const DESCRIBES_PER_SECOND = 50;
const DESCRIBES = 8;

interface Sources {
  readonly visibility: Visibility;
  readonly describer: WorkflowDescriber;
}

interface Failing {
  readonly source: FailingReport['source'];
  readonly lookedAt?: number;
  readonly total: number;
  readonly runs: readonly { readonly run: VisibleRun; readonly attempt: number }[];
  readonly notes: readonly string[];
}

/** Finds the agents whose workflow task fails again and again, and why; `note` is told now and then how far it is. */
export async function findFailing(request: FailingRequest, note: (line: string) => void): Promise<FailingReport> {
  const { connection, namespace } = request;
  const attributes = await agentAttributes(connection, namespace);
  const visibility = new TemporalVisibility(connection, namespace);
  const requests = new TemporalRequests(connection, { requestsPerSecond: DESCRIBES_PER_SECOND });
  const describer = new TemporalDescriber(requests, namespace);
  const nowMs = Date.now();
  const sources = { visibility, describer };
  const { source, lookedAt, total, runs, notes } = await failingRuns(sources, request, nowMs, throttled(note));
  const explained = await mapBounded(runs, DESCRIBES, ({ run, attempt }) => explainRun(describer, run, attempt));
  const open = explained.filter((run) => run !== undefined);
  const gone = explained.length - open.length;
  return {
    version: FAILING_VERSION,
    namespace,
    at: isoTime(Date.now()),
    source,
    ...(lookedAt !== undefined && { lookedAt }),
    failing: total - gone,
    runs: open.toSorted((a, b) => (a.since ?? a.startedAt).localeCompare(b.since ?? b.startedAt)),
    notes: [
      ...notes,
      ...(gone === 0 ? [] : [`${plural(gone, 'run')} closed while this was read.`]),
      ...(attributes.has('AgentTaskStartedAt')
        ? []
        : ['The namespace has no AgentTaskStartedAt: starts are those of runs, not of tasks.']),
    ],
  };
}

/** The runs, as the server reports them, else those of a sample, each with the attempt that its workflow task is at. */
export async function failingRuns(
  sources: Sources,
  request: Omit<FailingRequest, 'connection' | 'namespace'>,
  nowMs: number,
  progress: Progress,
): Promise<Failing> {
  return (await reportedByServer(sources, request)) ?? (await amongSample(sources, request, nowMs, progress));
}

/** `undefined` where the server does not report failing runs. */
async function reportedByServer(
  { visibility, describer }: Sources,
  { taskType, limit }: Pick<FailingRequest, 'taskType' | 'limit'>,
): Promise<Failing | undefined> {
  const condition = reported(ofType(taskType));
  try {
    const { runs, more } = await visibility.list('failing_tasks', condition, limit);
    const total = more ? await visibility.count('failing_tasks', condition) : runs.length;
    const attempts = await mapBounded(runs, DESCRIBES, (run) => taskAttempt(describer, run));
    return { source: 'server', total, runs: runs.map((run, i) => ({ run, attempt: attempts[i] ?? 0 })), notes: [] };
  } catch (error) {
    if (grpcCode(error) === GRPC.invalidArgument) return undefined;
    throw error;
  }
}

async function amongSample(
  { visibility, describer }: Sources,
  { taskType, limit, sample, attempts }: Omit<FailingRequest, 'connection' | 'namespace'>,
  nowMs: number,
  progress: Progress,
): Promise<Failing> {
  // A run that waits for its start delay or its cron schedule has no workflow task yet.
  const begun = allOf(RUNNING, ofType(taskType), `ExecutionTime <= ${quoteTime(nowMs)}`);
  const { runs: looked, isAll } = await oldestAndNewest(visibility, begun, sample, nowMs);
  let done = 0;
  const described = await mapBounded(looked, DESCRIBES, async (run) => {
    const attempt = await taskAttempt(describer, run);
    done++;
    progress(() => `${formatCount(done)} of ${plural(looked.length, 'running agent')} described`);
    return { run, attempt };
  });
  const failing = described.filter(({ attempt }) => attempt >= attempts);
  const note =
    `This server does not report failing runs (before Temporal 1.30), and more agents run than were described: ` +
    `only the ${formatCount(looked.length)} oldest and newest were. Describe more with --sample, or fewer with --task-type.`;
  return {
    source: 'sample',
    lookedAt: looked.length,
    total: failing.length,
    runs: failing.slice(0, limit),
    notes: isAll ? [] : [note],
  };
}

/** All, or half of them the oldest, which have perhaps stood still for long, and half the newest, just deployed. */
async function oldestAndNewest(visibility: Visibility, condition: string, sample: number, nowMs: number) {
  const { runs, more } = await visibility.list('failing_tasks', condition, sample);
  if (!more) return { runs, isAll: true };
  const wanted = Math.floor(sample / 2);
  const oldest = await earliestRuns(visibility, {
    query: 'failing_tasks',
    before: (ms) => allOf(condition, `StartTime < ${quoteTime(ms)}`),
    timeOf: ({ startedAtMs }) => startedAtMs,
    nearMs: runs.at(-1)?.startedAtMs ?? nowMs,
    wanted,
    limit: sample,
  });
  const chosen = new Map([...oldest.runs, ...runs.slice(0, sample - wanted)].map((run) => [run.runId, run]));
  return { runs: [...chosen.values()], isAll: false };
}

function ofType(taskType: string | undefined): string {
  return taskType === undefined ? IS_AGENT : oneOf('AgentTaskType', [taskType]);
}
