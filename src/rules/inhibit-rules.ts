/**
 * Which alerts keep others quiet, for Alertmanager; in the form that 0.25 takes as well, which knows no names of them.
 *
 * @module
 */

import type { RuleConfig } from './rule-config';
import { GENERATED, yamlText } from './rule-text';

/** Alerts on gauges of the exporter, which are old while it does not work. */
const OF_EXPORTER = [
  'TemporalAgentRunsOverdue',
  'TemporalAgentWorkflowTasksFailing',
  'TemporalAgentApprovalOverdue',
  'TemporalAgentApprovalEscalated',
  'TemporalAgentOrphaned',
];

/** Each critical alert with the warning that says the same of the same runs. */
const STRONGER = [
  ['TemporalAgentHistoryNearlyFull', 'TemporalAgentHistoryGrowing'],
  ['TemporalAgentPayloadRefused', 'TemporalAgentPayloadNearLimit'],
] as const;

interface InhibitRule {
  readonly source_matchers: readonly string[];
  readonly target_matchers: readonly string[];
  readonly equal?: readonly string[];
}

export function inhibitRules({ labels }: RuleConfig): readonly InhibitRule[] {
  const alert = (...names: readonly string[]) => [`alertname=~"${names.join('|')}"`];
  const ofRuns = [labels.namespace, labels.taskType, 'workflow_type'];
  return [
    // Where it is not scraped at all, no alert can say which namespaces it watched.
    {
      source_matchers: alert('TemporalAgentExporterAbsent', 'TemporalAgentExporterDown'),
      target_matchers: alert('TemporalAgentExporterStale', ...OF_EXPORTER),
    },
    {
      source_matchers: alert('TemporalAgentExporterStale'),
      target_matchers: alert(...OF_EXPORTER),
      equal: [labels.namespace],
    },
    {
      source_matchers: alert('TemporalAgentApprovalOverdue'),
      target_matchers: alert('TemporalAgentApprovalEscalated'),
      equal: [labels.namespace, labels.taskType],
    },
    {
      source_matchers: alert('TemporalAgentWorkerWithoutPollers'),
      target_matchers: alert('TemporalAgentWorkerFailed'),
      equal: [labels.namespace, 'task_queue'],
    },
    ...STRONGER.map(([critical, warning]) => ({
      source_matchers: alert(critical),
      target_matchers: alert(warning),
      equal: ofRuns,
    })),
  ];
}

/** A part of Alertmanager's configuration. */
export function inhibitText(config: RuleConfig): string {
  const advice = '# Add the list to `inhibit_rules` of alertmanager.yml.\n';
  return GENERATED + advice + yamlText({ inhibit_rules: inhibitRules(config) });
}
