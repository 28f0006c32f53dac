import { formatCount, formatDuration, plural, table } from '../explain/format';
import { waitLines } from '../explain/print-wait';
import type { ExpectedOfType, OverdueReport, OverdueRun } from './report';

/** The overdue agents as text for a terminal, line by line. */
export function printOverdue(report: OverdueReport): string[] {
  const { namespace, taskTypes, runs } = report;
  if (taskTypes.length === 0) return [`No agent runs in namespace "${namespace}".`];
  return [
    headline(report),
    ...runs.flatMap((run) => ['', ...runLines(run)]),
    '',
    'Expected',
    ...table(taskTypes.map(expectedCells)).map((line) => `  ${line}`),
    ...section('Notes', report.notes),
  ];
}

function headline({ namespace, overdue, runs, taskTypes }: OverdueReport): string {
  const known = taskTypes.filter(({ expectedMs }) => expectedMs !== undefined).length;
  if (known === 0)
    return `No agent in namespace "${namespace}" is known to be overdue: nothing is expected of its task type yet.`;
  if (overdue === 0) {
    const types = known < taskTypes.length ? ', of the task types of which something is expected' : '';
    return `No agent is overdue in namespace "${namespace}"${types}.`;
  }
  const oldest = runs.length === 1 ? 'the oldest is' : `the ${formatCount(runs.length)} oldest are`;
  const listed = overdue > runs.length ? `; ${oldest} listed` : runs.length > 1 ? ', oldest first' : '';
  return `${plural(overdue, 'agent is', 'agents are')} overdue in namespace "${namespace}"${listed}.`;
}

function runLines(run: OverdueRun): string[] {
  const { tokens } = run;
  const facts: readonly (readonly [string, string | undefined])[] = [
    ['run', run.runId],
    ['task', run.taskId],
    ['session', run.sessionId],
    ['age', `${formatDuration(run.ageMs)}, expected ${formatDuration(run.expectedMs)} (${run.source})`],
    ['started', run.startedAt],
    ['iteration', run.iteration === undefined ? undefined : formatCount(run.iteration)],
    ['last tool', run.lastTool],
    ['model', run.model],
    ['tokens', tokens === undefined ? undefined : formatCount(tokens)],
    ['approval', approvalText(run)],
    ...waitLines(run.waitingFor).map((line, i) => [i === 0 ? 'waits for' : '', line] as const),
  ];
  const rows = facts.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]]));
  return [`${run.taskType}  ${run.workflowId}`, ...table(rows).map((line) => `  ${line}`)];
}

/** An approval that is open stands among what the run waits for. */
function approvalText({ approvalState, waitingFor }: OverdueRun): string | undefined {
  return waitingFor.some(({ kind }) => kind === 'approval') ? undefined : approvalState;
}

function expectedCells({ taskType, source, expectedMs, sample }: ExpectedOfType): string[] {
  const completed = sample === undefined ? undefined : plural(sample, 'completed run');
  return expectedMs === undefined
    ? [taskType, '-', `not known yet, from ${completed}: configure it, or give --expected`]
    : [taskType, formatDuration(expectedMs), completed === undefined ? source : `${source}, from ${completed}`];
}

function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : ['', title, ...lines.map((line) => `  ${line}`)];
}
