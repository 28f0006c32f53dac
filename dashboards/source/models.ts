import { formatDuration } from '#lib/definitions/duration';
import { DEFAULT_RULE_CONFIG, OVERLOAD_ERRORS } from '#lib/rules/rule-config';
import { alertsOfDashboard, alertTable } from './alerts';
import type { DashboardSpec } from './dashboard';
import { agentsOfModel, ofRow, ofSeries, runningAgents } from './links';
import { stat, table, timeseries } from './panels';
import { growth, metric, quantile, rareQuantile, rate, sumBy, unitOf } from './queries';

const { modelErrorRatio, modelRefusalRatio, modelLatencySeconds } = DEFAULT_RULE_CONFIG.thresholds;

const NO_CALLS = 'No model was called';
const NO_USAGE = 'No model call reported usage';
const NO_PRICE = 'No call of a model with a known price';

const BY_MODEL = ['temporal_namespace', 'provider', 'model'] as const;
const MODEL = '{{temporal_namespace}} {{provider}} {{model}}';
const BY_USE = ['temporal_namespace', 'task_type', 'provider'] as const;
const USE = '{{temporal_namespace}} {{task_type}} {{provider}}';

const calls = (...matchers: string[]) => metric('llmCallDuration', matchers, '_count');

/**
 * Share of calls that ended in one of some outcomes; 0 where there were calls and none of those. The series of an outcome
 * that is rare appears with the first call that ends so. Not by model: what fails has the name that was asked for, and what
 * succeeds that of the version that answered.
 */
function share(outcome: string): string {
  const all = sumBy(BY_USE, growth(calls()));
  return `(${sumBy(BY_USE, growth(calls(`outcome=~"${outcome}"`)))} or 0 * ${all}) / (${all} > 0)`;
}

/** The same of all models together. */
function totalShare(outcome: string): string {
  const all = `sum(${growth(calls())})`;
  return `(sum(${growth(calls(`outcome=~"${outcome}"`))}) or 0 * ${all}) / (${all} > 0)`;
}

/** What says which runs the calls belong to. */
function listedBy(choice: string): string {
  return `\`temporal-agent-observability calls ${choice} --since 1h\` lists the runs.`;
}

const FAILED = 'error|timeout';
const DECLINED = 'refusal|content_filter';

/** Models and providers: how fast, how reliable, how much. */
export const MODELS: DashboardSpec = {
  name: 'models',
  title: 'Temporal agents / Models',
  description:
    'Model calls of the agents by model and version: latency, tokens, cost, errors, refusals, limits, retries.',
  choices: ['task_type', 'model'],
  rows: [
    {
      title: 'Now',
      panels: [
        stat({
          title: 'Calls per second',
          description: 'Model calls, one per attempt of an activity.',
          unit: 'cps',
          width: 4,
          queries: [{ expr: `sum(${rate(calls())})`, legend: 'calls' }],
          noValue: 'No calls',
        }),
        stat({
          title: 'Failing',
          description: 'Share of model calls that end in an error or a time-out.',
          unit: 'percentunit',
          width: 4,
          thresholds: { warning: modelErrorRatio },
          queries: [{ expr: totalShare(FAILED), legend: 'failing' }],
          noValue: 'No calls',
        }),
        stat({
          title: '95th percentile',
          description: 'Duration of model calls, of all models together.',
          unit: unitOf('llmCallDuration'),
          width: 4,
          thresholds: { warning: modelLatencySeconds },
          queries: [{ expr: quantile(0.95, 'llmCallDuration', []), legend: 'p95' }],
          noValue: 'No calls',
        }),
        stat({
          title: 'Tokens per hour',
          description: 'Input and output tokens as providers report them.',
          unit: unitOf('llmInputTokens'),
          width: 4,
          queries: [
            {
              expr: `(sum(${rate(metric('llmInputTokens'))}) + sum(${rate(metric('llmOutputTokens'))})) * 3600`,
              legend: 'tokens',
            },
          ],
          noValue: 'No usage',
        }),
        stat({
          title: 'Cost per hour',
          description: 'Of models with a known price.',
          unit: unitOf('llmCost'),
          width: 4,
          queries: [{ expr: `sum(${rate(metric('llmCost'))}) * 3600`, legend: 'cost' }],
          noValue: 'No price',
        }),
        stat({
          title: 'Without usage',
          description:
            'Model responses in the time shown that carried no token usage: their tokens and cost are not in any figure here.',
          unit: unitOf('llmUsageMissing'),
          decimals: 0,
          width: 4,
          thresholds: { warning: 1 },
          queries: [{ expr: `sum(${growth(metric('llmUsageMissing'), '$__range')})`, legend: 'responses' }],
          noValue: 'None',
        }),
        alertTable({
          names: alertsOfDashboard('models'),
          about: ['task_type', 'provider', 'model'],
          width: 24,
          height: 5,
        }),
      ],
    },
    {
      title: 'By model and version',
      panels: [
        table({
          title: 'Models',
          description: 'What each model did in the time shown. A click leads to the agents that it answered last.',
          unit: 'short',
          width: 24,
          columns: [...BY_MODEL],
          queries: [
            { expr: sumBy(BY_MODEL, growth(calls(), '$__range')), legend: 'calls' },
            {
              expr: sumBy(BY_MODEL, growth(calls(`outcome=~"${FAILED}"`), '$__range')),
              legend: 'failed',
            },
            {
              expr: sumBy(BY_MODEL, growth(calls(`outcome=~"${DECLINED}"`), '$__range')),
              legend: 'declined',
            },
            {
              expr: rareQuantile(0.95, 'llmCallDuration', BY_MODEL, '$__range'),
              legend: '95th percentile',
              unit: unitOf('llmCallDuration'),
            },
            { expr: sumBy(BY_MODEL, growth(metric('llmInputTokens'), '$__range')), legend: 'input tokens' },
            { expr: sumBy(BY_MODEL, growth(metric('llmOutputTokens'), '$__range')), legend: 'output tokens' },
            {
              expr: sumBy(BY_MODEL, growth(metric('llmCost'), '$__range')),
              legend: 'cost',
              unit: unitOf('llmCost'),
            },
          ],
          noValue: NO_CALLS,
          links: [agentsOfModel(ofRow)],
        }),
      ],
    },
    {
      title: 'Latency',
      panels: (
        [
          [0.5, 'Median'],
          [0.95, '95th percentile'],
          [0.99, '99th percentile'],
        ] as const
      ).map(([q, name]) =>
        timeseries({
          title: `Duration, ${name.toLowerCase()}`,
          description: `Duration of model calls by model, waiting in the client included, one per attempt of an activity.${q === 0.95 ? ' Points are single calls with a trace.' : ''} ${listedBy(`--slower-than ${formatDuration(modelLatencySeconds * 1000)}`)}`,
          unit: unitOf('llmCallDuration'),
          width: 8,
          ...(q === 0.95 && { thresholds: { warning: modelLatencySeconds } }),
          queries: [{ expr: quantile(q, 'llmCallDuration', BY_MODEL), legend: MODEL, exemplars: q === 0.95 }],
          noValue: NO_CALLS,
          links: [agentsOfModel(ofSeries)],
        }),
      ),
    },
    {
      title: 'Outcomes',
      panels: [
        timeseries({
          title: 'Calls per second',
          description: 'Model calls by how they ended.',
          unit: 'cps',
          width: 8,
          queries: [{ expr: sumBy(['outcome'], rate(calls())), legend: '{{outcome}}' }],
          noValue: NO_CALLS,
        }),
        timeseries({
          title: 'Failing, share',
          description: `Share of model calls that end in an error or a time-out, by task type and provider. ${listedBy('--outcome error,timeout')}`,
          unit: 'percentunit',
          max: 1,
          width: 8,
          thresholds: { warning: modelErrorRatio },
          queries: [{ expr: share(FAILED), legend: USE }],
          noValue: NO_CALLS,
          links: [runningAgents(ofSeries)],
        }),
        timeseries({
          title: 'Refused or filtered, share',
          description: `Share of model calls that the model or a filter of its provider declined, by task type and provider. A prompt, an input or a version of the model has changed where it jumps. ${listedBy('--outcome refusal,content_filter')}`,
          unit: 'percentunit',
          max: 1,
          width: 8,
          thresholds: { warning: modelRefusalRatio },
          queries: [{ expr: share(DECLINED), legend: USE }],
          noValue: NO_CALLS,
          links: [runningAgents(ofSeries)],
        }),
        timeseries({
          title: 'Errors by type',
          description: `Failed model calls, one per attempt, by what went wrong. \`auth\`, \`bad_request\`, \`context_length\` and \`quota_exhausted\` do not pass by themselves. ${listedBy('--error-type bad_request')}`,
          unit: unitOf('llmErrors'),
          width: 8,
          queries: [{ expr: sumBy(['error_type'], growth(metric('llmErrors'))), legend: '{{error_type}}' }],
          noValue: 'No model call failed',
        }),
        timeseries({
          title: 'Rate limits',
          description: `Model calls that the provider refused because it has too much to do or a limit was reached, by model. Lower the concurrency of the workers, or ask for a higher limit. ${listedBy(`--error-type ${OVERLOAD_ERRORS.join(',')}`)}`,
          unit: unitOf('llmErrors'),
          width: 8,
          queries: [
            {
              expr: sumBy(
                BY_MODEL,
                growth(metric('llmErrors', [`error_type=~"${[...OVERLOAD_ERRORS, 'quota_exhausted'].join('|')}"`])),
              ),
              legend: MODEL,
            },
          ],
          noValue: 'No call was refused for its rate',
          links: [agentsOfModel(ofSeries)],
        }),
        timeseries({
          title: 'Attempts to be retried',
          description:
            'Failed model calls by whether the same request can succeed later: those that can are tried again and paid for again; a retry of the others is the finding permanent-error-retried.',
          unit: unitOf('llmErrors'),
          width: 8,
          queries: [
            {
              expr: sumBy(BY_MODEL, growth(metric('llmErrors', ['retryable="true"']))),
              legend: `${MODEL} can succeed`,
            },
            {
              expr: sumBy(BY_MODEL, growth(metric('llmErrors', ['retryable="false"']))),
              legend: `${MODEL} cannot`,
            },
          ],
          noValue: 'No model call failed',
          links: [agentsOfModel(ofSeries)],
        }),
      ],
    },
    {
      title: 'Tokens and cost',
      panels: [
        timeseries({
          title: 'Input tokens per second',
          description: 'As providers report them, cached tokens included, by model.',
          unit: unitOf('llmInputTokens'),
          width: 8,
          queries: [{ expr: sumBy(BY_MODEL, rate(metric('llmInputTokens'))), legend: MODEL }],
          noValue: NO_USAGE,
          links: [agentsOfModel(ofSeries)],
        }),
        timeseries({
          title: 'Output tokens per second',
          description: 'As providers report them, reasoning tokens included, by model.',
          unit: unitOf('llmOutputTokens'),
          width: 8,
          queries: [{ expr: sumBy(BY_MODEL, rate(metric('llmOutputTokens'))), legend: MODEL }],
          noValue: NO_USAGE,
          links: [agentsOfModel(ofSeries)],
        }),
        timeseries({
          title: 'Cost per hour',
          description: `By model, of models with a known price. ${listedBy('--sort cost')}`,
          unit: unitOf('llmCost'),
          width: 8,
          queries: [{ expr: `${sumBy(BY_MODEL, rate(metric('llmCost')))} * 3600`, legend: MODEL }],
          noValue: NO_PRICE,
          links: [agentsOfModel(ofSeries)],
        }),
        timeseries({
          title: 'Input from a cache, share',
          description:
            "Share of the input tokens that came from the provider's cache, and that were written to it, by model. Agents send the same beginning again and again, so that a low share is money.",
          unit: 'percentunit',
          max: 1,
          width: 8,
          queries: [
            { expr: shareOfTokens('llmCacheReadInputTokens', 'llmInputTokens'), legend: `${MODEL} read` },
            { expr: shareOfTokens('llmCacheWriteInputTokens', 'llmInputTokens'), legend: `${MODEL} written` },
          ],
          noValue: 'No provider reported cached tokens',
          links: [agentsOfModel(ofSeries)],
        }),
        timeseries({
          title: 'Output spent on reasoning, share',
          description: 'Share of the output tokens that a model spent on reasoning, by model.',
          unit: 'percentunit',
          max: 1,
          width: 8,
          queries: [{ expr: shareOfTokens('llmReasoningOutputTokens', 'llmOutputTokens'), legend: MODEL }],
          noValue: 'No provider reported reasoning tokens',
          links: [agentsOfModel(ofSeries)],
        }),
        timeseries({
          title: 'Input tokens of a call',
          description:
            'Input tokens divided by the calls that succeeded, by model. It grows with a conversation that is sent whole with each call.',
          unit: unitOf('llmInputTokens'),
          width: 8,
          queries: [
            {
              expr: `${sumBy(BY_MODEL, rate(metric('llmInputTokens')))} / (${sumBy(BY_MODEL, rate(calls('outcome="ok"')))} > 0)`,
              legend: MODEL,
            },
          ],
          noValue: NO_USAGE,
          links: [agentsOfModel(ofSeries)],
        }),
      ],
    },
    {
      title: 'What is not known',
      panels: [
        timeseries({
          title: 'Responses without usage',
          description:
            'Model responses that carried no token usage, by model. Ask the provider for it: OpenAI chat streams need stream_options: { include_usage: true }.',
          unit: unitOf('llmUsageMissing'),
          width: 8,
          queries: [{ expr: sumBy(BY_MODEL, growth(metric('llmUsageMissing'))), legend: MODEL }],
          noValue: 'Every response carried its usage',
          links: [agentsOfModel(ofSeries)],
        }),
        timeseries({
          title: 'Estimated tokens',
          description: 'Tokens that a tokenizer estimated where the response carried no usage; in no other figure.',
          unit: unitOf('llmEstimatedInputTokens'),
          width: 8,
          queries: [
            { expr: sumBy(BY_MODEL, growth(metric('llmEstimatedInputTokens'))), legend: `${MODEL} input` },
            { expr: sumBy(BY_MODEL, growth(metric('llmEstimatedOutputTokens'))), legend: `${MODEL} output` },
          ],
          noValue: 'Nothing was estimated: every response carried its usage, or estimateTokens is off',
          links: [agentsOfModel(ofSeries)],
        }),
        timeseries({
          title: 'Calls without a price',
          description:
            'Model calls with usage whose cost is left out because no price is known, by model. Update @pydantic/genai-prices.',
          unit: unitOf('llmModelUnknown'),
          width: 8,
          queries: [{ expr: sumBy(BY_MODEL, growth(metric('llmModelUnknown'))), legend: MODEL }],
          noValue: 'A price is known for every model',
          links: [agentsOfModel(ofSeries)],
        }),
      ],
    },
  ],
};

function shareOfTokens(
  part: 'llmCacheReadInputTokens' | 'llmCacheWriteInputTokens' | 'llmReasoningOutputTokens',
  whole: 'llmInputTokens' | 'llmOutputTokens',
): string {
  return `${sumBy(BY_MODEL, rate(metric(part)))} / (${sumBy(BY_MODEL, rate(metric(whole)))} > 0)`;
}
