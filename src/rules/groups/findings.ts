import { type FindingAlert, findingAlert } from '../alert';
import type { PromQl } from '../promql';
import type { RuleGroup } from '../rule';

/** The failure patterns as workers and exporter find them; pattern 6 is in a group of its own. */
const ALERTS: readonly FindingAlert[] = [
  {
    alert: 'TemporalAgentModelCallInWorkflow',
    severity: 'critical',
    pattern: 1,
    findings: ['llm-in-workflow'],
    summary: 'Workflow code calls a model, or uses what its sandbox does not have',
    advice: 'Its workflow tasks fail or cannot be replayed: call models in activities only.',
  },
  {
    alert: 'TemporalAgentHeartbeatMissing',
    severity: 'warning',
    pattern: 2,
    findings: ['heartbeat-missing', 'heartbeat-silent'],
    summary: 'Long model calls do not heartbeat',
    advice:
      'A worker that dies is noticed only at the timeout: set heartbeatTimeout and heartbeat while the call runs.',
  },
  {
    alert: 'TemporalAgentModelCallDuplicated',
    severity: 'warning',
    pattern: 2,
    findings: ['llm-call-duplicated'],
    summary: 'Model calls run twice at the same time, and both are paid for',
    advice: 'A new attempt began while the one before still runs: heartbeat, cancel, and raise the timeout.',
  },
  {
    alert: 'TemporalAgentHistoryNearlyFull',
    severity: 'critical',
    pattern: 3,
    findings: ['history-budget'],
    found: 'critical',
    summary: 'Runs are about to be terminated by Temporal for the size of their history',
    advice: 'Let them finish or continue as new before the limit: what they have done is lost otherwise.',
  },
  {
    alert: 'TemporalAgentHistoryGrowing',
    severity: 'warning',
    pattern: 3,
    findings: ['history-budget', 'continue-as-new-ignored'],
    found: 'warning',
    summary: 'Histories grow towards the limit at which Temporal terminates a run',
    advice: 'Continue as new when Temporal suggests it, and keep large payloads out of history.',
  },
  {
    alert: 'TemporalAgentRunawayLoop',
    severity: 'warning',
    pattern: 3,
    findings: ['iteration-cap-exceeded', 'token-budget-exceeded'],
    summary: 'Agents loop beyond what their task type should need',
    advice: 'Look at what they repeat, end them if it leads nowhere, and bound the loop.',
  },
  {
    alert: 'TemporalAgentRetriesWrong',
    severity: 'warning',
    pattern: 4,
    findings: [
      'retry-unbounded',
      'permanent-error-retried',
      'transient-error-not-retried',
      'retry-after-ignored',
      'sdk-retries-stacked',
    ],
    summary: 'Model calls are retried in a way that cannot help or costs too much',
    advice: 'Throw errors with toApplicationFailure, bound the retries, and switch those of the client off.',
  },
  {
    alert: 'TemporalAgentQuotaExhausted',
    severity: 'critical',
    pattern: 4,
    findings: ['quota-exhausted'],
    summary: 'The quota or the balance at a provider is used up',
    advice: 'Every call fails until the limit is raised or the bill is paid.',
  },
  {
    alert: 'TemporalAgentChildAbandoned',
    severity: 'warning',
    pattern: 5,
    findings: ['child-abandoned', 'cancel-ignored'],
    summary: 'Children or activities are left to outlive what started them',
    advice:
      'They go on costing money when nobody waits for them: leave parentClosePolicy at its default, and pass cancellation on.',
  },
  {
    alert: 'TemporalAgentNonDeterminism',
    severity: 'critical',
    pattern: 7,
    findings: ['nondeterminism'],
    summary: 'Runs cannot be replayed by the code that is deployed',
    advice: 'They stand still until the code that they began with is back: roll back, or reset them.',
  },
  {
    alert: 'TemporalAgentObservabilityGap',
    severity: 'warning',
    pattern: 8,
    findings: ['workflow-module-missing', 'search-attributes-unregistered'],
    summary: 'Agents run that cannot be seen',
    advice:
      'The bundle lacks the plugin, or the namespace lacks its search attributes: run setup, build the bundle again.',
  },
  {
    alert: 'TemporalAgentUsageMissing',
    severity: 'info',
    pattern: 8,
    findings: ['usage-missing', 'model-unknown'],
    summary: 'Model calls are made whose tokens or cost are not known',
    advice: 'Ask the provider for usage, and update the price list.',
  },
  {
    alert: 'TemporalAgentPayloadNearLimit',
    severity: 'warning',
    pattern: 9,
    findings: ['payload-near-limit', 'conversation-in-history'],
    summary: 'Payloads come near the size at which Temporal refuses them',
    advice: 'Keep them out of history before they are refused: claimCheck(...) does.',
  },
  {
    alert: 'TemporalAgentPayloadRefused',
    severity: 'critical',
    pattern: 9,
    findings: ['payload-over-limit', 'payload-rejected-loop', 'content-missing'],
    summary: 'Agents cannot go on because of a payload that is too large or cannot be read back',
    advice: 'No retry helps: keep large payloads out of history, and restore what is missing.',
  },
  {
    alert: 'TemporalAgentLoopInActivity',
    severity: 'warning',
    pattern: 10,
    findings: ['agent-loop-in-activity'],
    summary: 'A whole agent loop runs inside one activity',
    advice: 'A failure loses all of it: let the workflow loop, with an activity for each call.',
  },
  {
    alert: 'TemporalAgentTransformUnknown',
    severity: 'critical',
    pattern: 11,
    findings: ['transform-unknown'],
    summary: 'Tool outputs are to be transformed by a name that no worker registers',
    advice: 'Deploy workers that define the transform; runs that asked for it have failed or used their fallback.',
  },
  {
    alert: 'TemporalAgentToolOutputOversized',
    severity: 'info',
    pattern: 11,
    findings: ['tool-output-oversized'],
    summary: 'Large tool outputs go to the model as they are',
    advice: 'Shorten them with a transform: they are paid for at every turn.',
  },
];

export function findingRules(promQl: PromQl): RuleGroup {
  return { name: 'temporal-agent-findings', rules: ALERTS.map((alert) => findingAlert(promQl, alert)) };
}
