import { formatCost, formatCount, formatDuration, plural, table } from '../explain/format';
import { type CallsEntry, type CallsReport, sum } from './report';

const COLUMNS = [
  ...['last', 'task type', 'provider', 'model', 'outcome', 'calls', 'longest', 'tokens', 'cost'],
  ...['workflow id', 'run id'],
];

/** The calls as text for a terminal, line by line. */
export function printCalls(report: CallsReport): string[] {
  const { namespace, since, calls, runs, entries, unlisted, unreadable, truncated } = report;
  const where = `in namespace "${namespace}" since ${since}`;
  return [
    calls === 0 ? `No such model call ${where}.` : `${plural(calls, 'model call')} of ${plural(runs, 'run')} ${where}.`,
    ...(entries.length === 0 ? [] : ['', ...table([COLUMNS, ...entries.map(row)])]),
    ...(unlisted === 0 ? [] : ['', `${plural(unlisted, 'more line')}: choose a higher --limit, or fewer calls.`]),
    ...(unreadable === 0 ? [] : [`${plural(unreadable, 'call')} could not be read: damaged, or of a later version.`]),
    ...(truncated ? ['There are older calls that were not read: choose a shorter --since.'] : []),
  ];
}

function row(entry: CallsEntry): string[] {
  const { taskType, provider = '-', model = '-', outcome, errorType, calls, longestMs, costUsd } = entry;
  const tokens = sum(entry.inputTokens, entry.outputTokens);
  return [
    entry.lastAt,
    taskType,
    provider,
    model,
    errorType === undefined ? outcome : `${outcome}: ${errorType}`,
    formatCount(calls),
    formatDuration(longestMs),
    tokens === undefined ? '-' : formatCount(tokens),
    costUsd === undefined ? '-' : formatCost(costUsd),
    entry.workflowId,
    entry.runId,
  ];
}
