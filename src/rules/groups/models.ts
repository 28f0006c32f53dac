import { formatDuration } from '../../definitions/duration';
import { labelled, MINUTE_SECONDS, quoted, shell } from '../alert';
import type { PromQl } from '../promql';
import type { AlertRule, RecordingRule, RuleGroup } from '../rule';
import type { RuleConfig } from '../rule-config';
import { OVERLOAD_ERRORS } from '../rule-config';
import { budgetRules } from './budgets';

const WINDOW_SECONDS = 10 * MINUTE_SECONDS;

/** Providers: errors, limits, refusals, latency; what the agents spend. */
export function modelRules(promQl: PromQl, { thresholds }: RuleConfig): RuleGroup {
  const { namespace, taskType } = promQl;
  const byModel = `${namespace}, provider, model`;
  const window = promQl.duration(WINDOW_SECONDS);
  const calls = (by: string, outcome = '') =>
    `sum by (${by}) (increase(${promQl.metric('llmCallDuration', outcome, '_count')}[${window}]))`;
  // Not by model: a call that fails has the name that was asked for, if that can be seen, and not that of the version that
  // would have answered, so that failures would be compared with failures alone.
  const byUse = `${promQl.byTaskType}, provider`;
  const share = (outcome: string) => `${calls(byUse, outcome)} / (${calls(byUse)} >= ${thresholds.minimumModelCalls})`;
  const which = `Model ${labelled('model')} of ${labelled('provider')} in namespace ${labelled(namespace)}`;
  const where = `Task type ${labelled(taskType)} in namespace ${labelled(namespace)}`;
  const listed = (labels: string, choice: string) =>
    `calls --namespace ${shell(namespace)} ${labels} ${choice} --since 1h`;
  const ofOneModel = `--provider ${shell('provider')} --model ${shell('model')}`;
  const ofOneUse = `--task-type ${shell(taskType)} --provider ${shell('provider')}`;
  const ofModel = {
    keepFiringSeconds: 5 * MINUTE_SECONDS,
    // An error names the model that was asked for, responses one of its versions.
    query: `ExecutionStatus = 'Running' AND AgentModel STARTS_WITH ${quoted('model')}`,
    dashboard: 'models',
    variables: [namespace, 'model'],
  } as const;
  const ofTaskType = {
    ...ofModel,
    query: `ExecutionStatus = 'Running' AND AgentTaskType = ${quoted(taskType)}`,
    variables: [namespace, taskType],
  } as const;
  const p95 = `${namespace}_provider_model:temporal_agent_llm_call_duration_seconds:p95`;

  const rules: (RecordingRule | AlertRule)[] = [
    {
      record: p95,
      expr: `histogram_quantile(0.95, sum by (${byModel}, le) (rate(${promQl.metric('llmCallDuration', '', '_bucket')}[${window}]))) and ${calls(byModel)} >= ${thresholds.minimumModelCalls}`,
    },
    {
      ...ofTaskType,
      alert: 'TemporalAgentModelErrors',
      severity: 'warning',
      command: listed(ofOneUse, '--outcome error,timeout'),
      expr: `${share('outcome=~"error|timeout"')} > ${thresholds.modelErrorRatio}`,
      forSeconds: 5 * MINUTE_SECONDS,
      summary: 'A large share of model calls fails',
      description: `${where}: {{ $value | humanizePercentage }} of its calls of ${labelled('provider')} fail. See which errors they are; agents retry meanwhile, and pay for it.`,
    },
    {
      ...ofModel,
      alert: 'TemporalAgentModelRateLimited',
      severity: 'warning',
      command: listed(ofOneModel, `--error-type ${OVERLOAD_ERRORS.join(',')}`),
      expr: `sum by (${byModel}) (increase(${promQl.metric('llmErrors', `error_type=~"${OVERLOAD_ERRORS.join('|')}"`)}[${window}])) > ${thresholds.rateLimitedCalls}`,
      forSeconds: 5 * MINUTE_SECONDS,
      summary: 'The provider limits the rate of model calls',
      description: `${which}: {{ $value | humanize }} calls were refused for their rate. Lower the concurrency of the workers, or ask for a higher limit.`,
    },
    {
      ...ofTaskType,
      alert: 'TemporalAgentModelRefusals',
      severity: 'warning',
      command: listed(ofOneUse, '--outcome refusal,content_filter'),
      expr: `${share('outcome=~"refusal|content_filter"')} > ${thresholds.modelRefusalRatio}`,
      forSeconds: 5 * MINUTE_SECONDS,
      summary: 'A large share of model calls is refused or filtered',
      description: `${where}: {{ $value | humanizePercentage }} of its calls of ${labelled('provider')} are declined. A prompt, an input or a version of the model has changed.`,
    },
    {
      ...ofModel,
      alert: 'TemporalAgentModelSlow',
      severity: 'warning',
      command: listed(ofOneModel, `--slower-than ${formatDuration(thresholds.modelLatencySeconds * 1000)}`),
      expr: `${p95} > ${thresholds.modelLatencySeconds}`,
      forSeconds: 10 * MINUTE_SECONDS,
      summary: 'Model calls are slow',
      description: `${which}: the 95th percentile of a call's duration is {{ $value | humanizeDuration }}. Agents and their timeouts feel it.`,
    },
  ];
  rules.push(...budgetRules(promQl, thresholds));
  return { name: 'temporal-agent-models', rules };
}
