/**
 * The failure patterns and the findings that detect them.
 *
 * @module
 */

export type Severity = 'info' | 'warning' | 'critical';

/** The eleven production failure patterns; the numbers are used by findings, alerts, dashboards and docs. */
export const PATTERNS = {
  1: 'model call in workflow code',
  2: 'missing heartbeats',
  3: 'loops without limits, history exhaustion',
  4: 'wrong retry logic',
  5: 'children outliving their parent',
  6: 'human approval without timeout',
  7: 'versioning breakage',
  8: 'observability gaps',
  9: 'payload limits',
  10: 'whole agent loop in one activity',
  11: 'tool-output transformation by unregistered name',
} as const;

export type PatternNumber = keyof typeof PATTERNS;

export interface FindingDefinition {
  /** Stable, kebab-case. */
  readonly id: string;
  readonly pattern: PatternNumber;
  readonly severity: Severity;
  readonly title: string;
  /** What to do about it, as advice, in one or two sentences. */
  readonly advice: string;
}

export const FINDINGS = [
  {
    id: 'usage-missing',
    pattern: 8,
    severity: 'info',
    title: 'A model response carried no token usage',
    advice:
      'Ask the provider for usage; OpenAI chat streams need stream_options: { include_usage: true }. Until then tokens are estimated or absent.',
  },
  {
    id: 'model-unknown',
    pattern: 8,
    severity: 'info',
    title: 'No price is known for a model',
    advice: 'Update @pydantic/genai-prices, or name the model as its provider does. Cost of its calls is left out.',
  },
  {
    id: 'workflow-module-missing',
    pattern: 8,
    severity: 'warning',
    title: 'The workflow bundle was built without the plugin',
    advice: 'Pass the same plugin to bundleWorkflowCode({ plugins: [...] }) and build the bundle again.',
  },
  {
    id: 'search-attributes-unregistered',
    pattern: 8,
    severity: 'warning',
    title: 'Search attributes are not registered with the right types',
    advice: 'Run `npx temporal-agent-observability setup`, or create them with the commands that it prints.',
  },
  {
    id: 'payload-near-limit',
    pattern: 9,
    severity: 'warning',
    title: 'A payload is near the size at which Temporal refuses it',
    advice: 'Return a reference instead of the content, or store large payloads outside history (external storage).',
  },
  {
    id: 'payload-over-limit',
    pattern: 9,
    severity: 'critical',
    title: 'A payload is over the size at which Temporal refuses it',
    advice: 'Store large payloads outside history (external storage) or send less; retries cannot succeed.',
  },
] as const satisfies readonly FindingDefinition[];

export type FindingId = (typeof FINDINGS)[number]['id'];

/** One detected instance of a failure pattern. */
export interface Finding {
  readonly id: FindingId;
  readonly severity: Severity;
  /** What was seen, in one sentence, free of content. */
  readonly message: string;
  readonly advice: string;
  /** Separates causes within one run: an activity type, a tool, a boundary. */
  readonly cause: string;
  readonly workflowType?: string;
  readonly taskType?: string;
  readonly workflowId?: string;
  readonly runId?: string;
  readonly evidence?: Readonly<Record<string, string | number | boolean>>;
}
