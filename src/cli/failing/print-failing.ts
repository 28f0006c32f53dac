import { formatCount, formatDuration, plural, table } from '../explain/format';
import type { FailingReport, FailingRun } from './report';

/** The failing agents as text for a terminal, line by line. */
export function printFailing(report: FailingReport): string[] {
  const { notes } = report;
  return [
    headline(report),
    ...report.runs.flatMap((run) => ['', ...runLines(run, Date.parse(report.at))]),
    ...(notes.length === 0 ? [] : ['', 'Notes', ...notes.map((note) => `  ${note}`)]),
  ];
}

function headline({ namespace, failing, runs, lookedAt }: FailingReport): string {
  const among = lookedAt === undefined ? '' : ` among ${plural(lookedAt, 'running agent')}`;
  if (failing === 0) return `No workflow task of an agent fails in namespace "${namespace}"${among}.`;
  const listed = failing > runs.length ? `; ${formatCount(runs.length)} of them are listed` : '';
  const whose = plural(failing, 'agent stands', 'agents stand');
  return `${whose} still in namespace "${namespace}"${among}: the workflow task fails again and again${listed}.`;
}

function runLines(run: FailingRun, atMs: number): string[] {
  const { since, error, finding } = run;
  const age = since === undefined ? undefined : formatDuration(atMs - Date.parse(since));
  const facts: readonly (readonly [string, string | undefined])[] = [
    ['run', run.runId],
    ['task', run.taskId],
    ['session', run.sessionId],
    ['workflow', run.workflowType],
    ['task queue', run.taskQueue],
    ['started', run.startedAt],
    ['attempt', run.attempt === 0 ? 'between two attempts' : formatCount(run.attempt)],
    ['since', since === undefined ? 'not among its last events' : `${since}, ${age}`],
    ['error', error],
    ['finding', finding && `${finding.id}: ${finding.message}`],
    ['build', run.buildId],
  ];
  const rows = facts.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]]));
  return [`${run.taskType}  ${run.workflowId}`, ...table(rows).map((line) => `  ${line}`)];
}
