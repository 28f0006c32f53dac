/**
 * Metrics that only the exporter exports. Gauges are read from visibility, so that replicas agree on them: aggregate with
 * `max` or `min`, never with `sum`. Ages are timestamps.
 *
 * @module
 */

import { EXPORTER_QUERIES } from './exporter-queries';
import type { MetricDefinition } from './metric-definition';

const WORKFLOW_SECONDS = [
  1, 5, 10, 30, 60, 120, 300, 600, 1200, 1800, 3600, 7200, 14400, 28800, 86400, 259200, 604800,
] as const;
const ITERATIONS = [1, 2, 5, 10, 20, 35, 50, 75, 100, 150, 200, 300, 500, 1000] as const;
const TOKENS = [
  1000, 2500, 5000, 10_000, 25_000, 50_000, 100_000, 250_000, 500_000, 1_000_000, 2_500_000, 5_000_000, 10_000_000,
] as const;
const POLL_SECONDS = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 15, 30, 60, 120, 300] as const;

const TASK_TYPE = ['temporal_namespace', 'task_type'] as const;

export const EXPORTER_METRICS = {
  workflowsRunning: {
    name: 'temporal_agent_workflows_running',
    type: 'gauge',
    help: 'Agents that run now.',
    labels: TASK_TYPE,
  },
  workflowsOverdue: {
    name: 'temporal_agent_workflows_overdue',
    type: 'gauge',
    help: 'Running agents whose task is older than expected; absent where nothing is expected of the task type.',
    labels: TASK_TYPE,
  },
  workflowExpected: {
    name: 'temporal_agent_workflow_expected_seconds',
    type: 'gauge',
    help: 'Age from which a running task is overdue, configured or derived from the 95th percentile of closed runs.',
    labels: [...TASK_TYPE, 'source'],
    combined: 'min',
  },
  workflowOldestOverdueStart: {
    name: 'temporal_agent_workflow_oldest_overdue_start_timestamp_seconds',
    type: 'gauge',
    help: 'When the oldest overdue task began; absent where none is overdue.',
    labels: TASK_TYPE,
    combined: 'min',
  },
  workflowDuration: {
    name: 'temporal_agent_workflow_duration_seconds',
    type: 'histogram',
    help: 'Duration of tasks that closed, over a capped sample, per replica.',
    labels: TASK_TYPE,
    buckets: WORKFLOW_SECONDS,
  },
  workflowIterations: {
    name: 'temporal_agent_workflow_iterations',
    type: 'histogram',
    help: 'Model turns of tasks that closed, over a capped sample, per replica.',
    labels: TASK_TYPE,
    buckets: ITERATIONS,
  },
  workflowTokens: {
    name: 'temporal_agent_workflow_tokens',
    type: 'histogram',
    help: 'Tokens of tasks that closed, over a capped sample, per replica.',
    labels: TASK_TYPE,
    buckets: TOKENS,
  },
  approvalsOpen: {
    name: 'temporal_agent_approvals_open',
    type: 'gauge',
    help: 'Running agents that wait for an approval, by the state of the most urgent one.',
    labels: [...TASK_TYPE, 'state'],
  },
  approvalsOverdue: {
    name: 'temporal_agent_approvals_overdue',
    type: 'gauge',
    help: 'Running agents whose most urgent approval is past its due time by more than its task type is given.',
    labels: TASK_TYPE,
  },
  approvalOldestDue: {
    name: 'temporal_agent_approval_oldest_due_timestamp_seconds',
    type: 'gauge',
    help: 'Due time of the open approval that is due first; absent where none is open.',
    labels: TASK_TYPE,
    combined: 'min',
  },
  workflowsOrphaned: {
    name: 'temporal_agent_workflows_orphaned',
    type: 'gauge',
    help: 'Running child agents whose parent is closed.',
    labels: TASK_TYPE,
  },
  workflowTasksFailing: {
    name: 'temporal_agent_workflow_tasks_failing',
    type: 'gauge',
    help: 'Running agents whose workflow task fails again and again; before Temporal 1.30, of a sample only: overdue, oldest and newest runs.',
    labels: TASK_TYPE,
  },
  exporterLastSuccess: {
    name: 'temporal_agent_exporter_last_success_timestamp_seconds',
    type: 'gauge',
    help: 'End of the last poll that succeeded in everything that it asked; the gauges are as of then.',
    labels: ['temporal_namespace'],
  },
  exporterPollInterval: {
    name: 'temporal_agent_exporter_poll_interval_seconds',
    type: 'gauge',
    help: 'Time between the starts of two polls; longer than configured where the requests would not fit.',
    labels: ['temporal_namespace'],
  },
  exporterPollDuration: {
    name: 'temporal_agent_exporter_poll_duration_seconds',
    type: 'histogram',
    help: 'Duration of polls.',
    labels: ['temporal_namespace'],
    buckets: POLL_SECONDS,
  },
  exporterRequests: {
    name: 'temporal_agent_exporter_requests_total',
    type: 'counter',
    help: 'Requests to Temporal, by what they were for.',
    labels: ['temporal_namespace', 'query'],
    startAtZero: EXPORTER_QUERIES.map((query) => ({ query })),
  },
  exporterErrors: {
    name: 'temporal_agent_exporter_errors_total',
    type: 'counter',
    help: 'Requests to Temporal that failed, by what they were for.',
    labels: ['temporal_namespace', 'query'],
    startAtZero: EXPORTER_QUERIES.map((query) => ({ query })),
  },
} as const satisfies Readonly<Record<string, MetricDefinition>>;
