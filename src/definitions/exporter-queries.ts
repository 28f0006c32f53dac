/**
 * What the exporter asks Temporal for, as it appears in the label `query` of its metrics.
 *
 * @module
 */

export const EXPORTER_QUERIES = [
  /** Which search attributes the namespace has, and what the server can do. */
  'namespace',
  /** Task types that were not known before. */
  'task_types',
  'running',
  'overdue',
  /** Closed runs, for what is expected of a task type and for the histograms. */
  'closed',
  'approvals',
  'orphans',
  'failing_tasks',
] as const;

export type ExporterQuery = (typeof EXPORTER_QUERIES)[number];
