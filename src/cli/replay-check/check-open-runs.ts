import type { Connection } from '@temporalio/client';
import type { ReplayWorkerOptions } from '@temporalio/worker';
import { listSearchAttributes } from '../../client/search-attribute-registry';
import { quote } from '../../client/visibility-query';
import { REQUIRED_SEARCH_ATTRIBUTE } from '../../definitions/search-attributes';
import { CliError, EXIT } from '../cli-error';
import { plural } from '../explain/format';
import { definedWorkflows } from './defined-workflows';
import { listOpenRuns, type OpenRun, spread } from './open-runs';
import { replayRuns } from './replay-runs';
import { type CheckedRun, type ReplayReport, reportOf } from './report';

export interface CheckRequest {
  readonly connection: Connection;
  readonly namespace: string;
  readonly code: string;
  readonly dataConverter: NonNullable<ReplayWorkerOptions['dataConverter']> | undefined;
  readonly taskType?: string;
  readonly query?: string;
  /** Most runs of each workflow type. */
  readonly limit: number;
}

/** Milliseconds between two lines of progress. */
const PROGRESS_MS = 5_000;

/** Replays open runs on the code; `progress` is told now and then how far it is. */
export async function checkOpenRuns(request: CheckRequest, progress: (line: string) => void): Promise<ReplayReport> {
  const { connection, namespace, code, limit } = request;
  // Asked first because visibility answers with an empty list for a namespace that does not exist.
  await connection.workflowService.describeNamespace({ namespace });
  const condition = await conditionOf(request);
  const { types, elsewhere } = await listOpenRuns(connection, { namespace, condition }, await definedWorkflows(code));

  const runs = types.flatMap(({ workflowType, defined, runs: open }) =>
    defined ? spread(open, limit).map((run) => ({ ...run, workflowType })) : [],
  );
  const checked = new Map<string, CheckedRun[]>();
  let told = Date.now();
  let done = 0;
  await replayRuns(request, runs, ({ workflowType, ...run }, outcome) => {
    const ofType = checked.get(workflowType) ?? [];
    checked.set(workflowType, [...ofType, { run: run satisfies OpenRun, outcome }]);
    done++;
    if (Date.now() - told < PROGRESS_MS) return;
    told = Date.now();
    progress(`${done} of ${plural(runs.length, 'run')} replayed`);
  });
  return reportOf(namespace, types, checked, elsewhere);
}

async function conditionOf({ connection, namespace, taskType, query }: CheckRequest): Promise<string | undefined> {
  const conditions = query === undefined ? [] : [`(${query})`];
  if (taskType !== undefined) {
    const registered = await listSearchAttributes(connection, namespace);
    if (registered.get(REQUIRED_SEARCH_ATTRIBUTE) !== 'Keyword') {
      throw new CliError(
        `--task-type needs the search attribute ${REQUIRED_SEARCH_ATTRIBUTE}, which namespace "${namespace}" does not have.`,
        EXIT.failed,
        'Register it with the command setup, or choose runs with --query, for example "WorkflowType = \'research\'".',
      );
    }
    conditions.push(`${REQUIRED_SEARCH_ATTRIBUTE} = ${quote(taskType)}`);
  }
  return conditions.length === 0 ? undefined : conditions.join(' AND ');
}
