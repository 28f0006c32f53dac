import { DefaultLogger, type LogEntry, type LogLevel } from '@temporalio/worker';

/** Logs in one line each: several of the demo's activities fail on purpose, and stack traces would bury the rest. */
export function quietLogger(level: LogLevel): DefaultLogger {
  return new DefaultLogger(level, (entry) => console.error(formatEntry(entry)));
}

function formatEntry({ level, message, meta }: LogEntry): string {
  const { activityType, workflowId, attempt, error } = meta ?? {};
  const where = [workflowId, activityType, attempt !== undefined ? `attempt ${attempt}` : undefined];
  const known = where.filter((part) => part !== undefined).join(', ');
  const cause = error instanceof Error ? error.message : error;
  return `${level.toLowerCase()}  ${message}${known === '' ? '' : ` (${known})`}${cause === undefined ? '' : `: ${cause}`}`;
}
