/**
 * The metric by which each failure pattern shows, beside its findings.
 *
 * @module
 */

import { PAYLOAD_LIMIT_BYTES, PAYLOAD_WARN_BYTES } from '#lib/definitions/limits';
import type { PatternNumber } from '#lib/definitions/patterns';
import { agentsOfModel, ofSeries, runningAgents } from './links';
import type { TimeseriesSpec } from './panels';
import { exported, growth, metric, rareQuantile, sumBy, unitOf } from './queries';

const NO_EXPORTER = 'No exporter, or no agents yet';
const NONE_RUNS = 'No agent runs, or no exporter is scraped';

const FAILING = {
  unit: unitOf('workflowTasksFailing'),
  thresholds: { critical: 1 },
  queries: [{ expr: exported('workflowTasksFailing'), legend: '{{temporal_namespace}} {{task_type}}' }],
  noValue: 'No agent runs, no exporter is scraped, or it cannot tell (describeLimit 0, Temporal before 1.30)',
  links: [runningAgents(ofSeries)],
} as const;

export const SIGNALS: Readonly<Record<PatternNumber, Omit<TimeseriesSpec, 'width' | 'height'>>> = {
  1: {
    ...FAILING,
    title: '1: agents that cannot go on',
    description:
      'Running agents whose workflow task fails again and again: what the sandbox refuses, it refuses at every attempt.',
  },
  2: {
    title: '2: model calls, 99th percentile',
    description:
      'Duration of the longest model calls. Without heartbeats, a worker that dies is noticed only at the end of startToCloseTimeout, which is longer still.',
    unit: unitOf('llmCallDuration'),
    queries: [
      {
        expr: rareQuantile(0.99, 'llmCallDuration', ['temporal_namespace', 'task_type', 'model']),
        legend: '{{temporal_namespace}} {{task_type}} {{model}}',
        exemplars: true,
      },
    ],
    noValue: 'No model was called',
    links: [agentsOfModel(ofSeries)],
  },
  3: {
    title: '3: model turns of a task, 99th percentile',
    description:
      'Of tasks that closed, over a sample. A loop without a limit shows here only once it ends: those that still run are in the overdue ones.',
    unit: unitOf('workflowIterations'),
    decimals: 0,
    queries: [
      {
        expr: rareQuantile(0.99, 'workflowIterations', ['temporal_namespace', 'task_type']),
        legend: '{{temporal_namespace}} {{task_type}}',
      },
      { expr: exported('workflowsOverdue'), legend: '{{temporal_namespace}} {{task_type}} overdue' },
    ],
    noValue: NO_EXPORTER,
    links: [runningAgents(ofSeries)],
  },
  4: {
    title: '4: errors by type',
    description:
      'Failed model calls, one per attempt, by what went wrong and whether a retry of the same request can succeed.',
    unit: unitOf('llmErrors'),
    queries: [
      {
        expr: sumBy(['error_type', 'retryable'], growth(metric('llmErrors'))),
        legend: '{{error_type}}, retryable: {{retryable}}',
      },
    ],
    noValue: 'No model call failed',
  },
  5: {
    title: '5: orphans',
    description: 'Running child agents whose parent is closed, by task type.',
    unit: unitOf('workflowsOrphaned'),
    thresholds: { warning: 1 },
    queries: [{ expr: exported('workflowsOrphaned'), legend: '{{temporal_namespace}} {{task_type}}' }],
    noValue: NO_EXPORTER,
    links: [runningAgents(ofSeries)],
  },
  6: {
    title: '6: approvals',
    description: 'Agents that wait for an approval, by its state, and those whose approval is overdue.',
    unit: unitOf('approvalsOpen'),
    queries: [
      {
        expr: exported('approvalsOverdue'),
        legend: '{{temporal_namespace}} {{task_type}} overdue',
      },
      {
        expr: `${exported('approvalsOpen', { by: ['temporal_namespace', 'task_type', 'state'] })} > 0`,
        legend: '{{temporal_namespace}} {{task_type}} {{state}}',
      },
    ],
    noValue: NONE_RUNS,
    links: [runningAgents(ofSeries)],
  },
  7: {
    ...FAILING,
    title: '7: agents that cannot go on',
    description:
      'Running agents whose workflow task fails again and again. Where it begins with a deploy, the code cannot replay them: they go on by themselves once it can.',
  },
  8: {
    title: '8: model calls of which something is not known',
    description: 'Responses without token usage, and calls of models without a known price.',
    unit: unitOf('llmUsageMissing'),
    queries: [
      {
        expr: sumBy(['temporal_namespace', 'model'], growth(metric('llmUsageMissing'))),
        legend: '{{temporal_namespace}} {{model}} without usage',
      },
      {
        expr: sumBy(['temporal_namespace', 'model'], growth(metric('llmModelUnknown'))),
        legend: '{{temporal_namespace}} {{model}} without price',
      },
    ],
    noValue: 'Usage and price of every call are known',
    links: [agentsOfModel(ofSeries)],
  },
  9: {
    title: '9: payloads, 99th percentile',
    description:
      'Size as JSON by the boundary that is crossed. Temporal warns from 512 KiB and refuses from 2 MiB on, by default.',
    unit: unitOf('payloadBytes'),
    thresholds: { warning: PAYLOAD_WARN_BYTES, critical: PAYLOAD_LIMIT_BYTES },
    queries: [{ expr: rareQuantile(0.99, 'payloadBytes', ['boundary']), legend: '{{boundary}}' }],
    noValue: 'No worker ran an activity',
  },
  10: {
    title: '10: activities, 99th percentile',
    description:
      'Duration of tool calls by tool, one per attempt. An activity that runs a loop of its own is as long as all of its calls.',
    unit: unitOf('toolCallDuration'),
    queries: [{ expr: rareQuantile(0.99, 'toolCallDuration', ['tool']), legend: '{{tool}}', exemplars: true }],
    noValue: 'No tool was called',
  },
  11: {
    title: '11: tool outputs, 95th percentile',
    description: 'Size as JSON, before and after each transform.',
    unit: unitOf('transformBytes'),
    queries: [
      { expr: rareQuantile(0.95, 'transformBytes', ['transform', 'stage']), legend: '{{transform}} {{stage}}' },
    ],
    noValue: 'No transform was used',
  },
};
