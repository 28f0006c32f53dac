/**
 * The findings: what each is called, how bad it is and what to do about it. Ids are stable for ever.
 *
 * Only types may be imported into the workflow sandbox: the texts would be bundled.
 *
 * @module
 */

import type { PatternNumber } from './patterns';

export const SEVERITIES = ['info', 'warning', 'critical'] as const;
export type Severity = (typeof SEVERITIES)[number];

export interface FindingDefinition {
  /** Stable, kebab-case; `docs/findings/<id>.md` explains it. */
  readonly id: string;
  readonly pattern: PatternNumber;
  readonly severity: Severity;
  readonly title: string;
  /** What to do about it, as advice, in one or two sentences. */
  readonly advice: string;
}

export const FINDINGS = [
  {
    id: 'llm-in-workflow',
    pattern: 1,
    severity: 'critical',
    title: 'Workflow code brings the SDK of a model, or uses what its sandbox does not have',
    advice:
      'Call models, and whatever else needs the network, the process or timers of Node, in activities, and import SDKs only there; workflow code may import their types alone (`import type`).',
  },
  {
    id: 'heartbeat-missing',
    pattern: 2,
    severity: 'warning',
    title: 'A model call may run long and has no heartbeat timeout',
    advice:
      'Set heartbeatTimeout, and heartbeat while the call runs: heartbeatWhile(...) of temporal-agent-observability/activity does both ends.',
  },
  {
    id: 'heartbeat-silent',
    pattern: 2,
    severity: 'warning',
    title: 'An activity with a heartbeat timeout does not heartbeat in time',
    advice:
      'Heartbeat while the work runs: heartbeatWhile(...) of temporal-agent-observability/activity does it around any promise. Where the process could not, set the timeout above its longest pause.',
  },
  {
    id: 'llm-call-duplicated',
    pattern: 2,
    severity: 'critical',
    title: 'A new attempt of an activity began while the one before still runs',
    advice:
      "The server gave the first attempt up, and it goes on: both are paid for. Heartbeat, pass the cancellation signal to the model's SDK, and set startToCloseTimeout above the longest call.",
  },
  {
    id: 'iteration-cap-exceeded',
    pattern: 3,
    severity: 'warning',
    title: 'An agent made more model turns than its task type should need',
    advice:
      'Bound the loop in workflow code, and end with what is there when the bound is reached. thresholds.iterationCap says what is usual, per task type.',
  },
  {
    id: 'token-budget-exceeded',
    pattern: 3,
    severity: 'warning',
    title: 'An agent used more tokens than its task type should need',
    advice:
      'Bound the loop by tokens, or shorten what is sent with each call. thresholds.tokenBudget says what is usual, per task type.',
  },
  {
    id: 'history-budget',
    pattern: 3,
    severity: 'warning',
    title: 'A run comes near the history at which Temporal terminates it',
    advice:
      'Continue as new (workflowInfo().continueAsNewSuggested), and keep large inputs and results out of history: claimCheck(...) of temporal-agent-observability/content.',
  },
  {
    id: 'continue-as-new-ignored',
    pattern: 3,
    severity: 'warning',
    title: 'Temporal suggests to continue as new, and the run goes on',
    advice:
      'Check workflowInfo().continueAsNewSuggested once per iteration and call continueAsNew with the state that the next run needs.',
  },
  {
    id: 'retry-unbounded',
    pattern: 4,
    severity: 'warning',
    title: 'A model call is retried without bound',
    advice:
      "Set retry.maximumAttempts or scheduleToCloseTimeout on activities that call models; Temporal's default retries for ever.",
  },
  {
    id: 'permanent-error-retried',
    pattern: 4,
    severity: 'warning',
    title: 'An error that no retry can mend is retried',
    advice:
      'Throw it as non-retryable: toApplicationFailure(error) of temporal-agent-observability/activity does so for the errors of providers.',
  },
  {
    id: 'transient-error-not-retried',
    pattern: 4,
    severity: 'warning',
    title: 'An error that passes by itself ended the activity for good',
    advice:
      'Let Temporal retry it: throw a retryable failure (toApplicationFailure does), and allow more than one attempt.',
  },
  {
    id: 'retry-after-ignored',
    pattern: 4,
    severity: 'warning',
    title: 'A call was retried before the time that the provider asked for',
    advice:
      'Pass the delay on as nextRetryDelay: toApplicationFailure(error) of temporal-agent-observability/activity does.',
  },
  {
    id: 'sdk-retries-stacked',
    pattern: 4,
    severity: 'warning',
    title: 'The SDK of the provider retries below Temporal',
    advice:
      "Switch the client's own retries off (maxRetries: 0) and leave them to Temporal, which shows and bounds them.",
  },
  {
    id: 'quota-exhausted',
    pattern: 4,
    severity: 'critical',
    title: 'The quota or the balance at a provider is used up',
    advice: 'Raise the limit or pay the bill; until then every call fails. Such errors should be non-retryable.',
  },
  {
    id: 'child-abandoned',
    pattern: 5,
    severity: 'warning',
    title: 'A child agent is started so that it outlives its parent',
    advice:
      "Leave parentClosePolicy at its default, TERMINATE, or use REQUEST_CANCEL; where ABANDON is meant, allow('child-abandoned', reason).",
  },
  {
    id: 'orphaned-agent',
    pattern: 5,
    severity: 'warning',
    title: 'A parent closed while a child agent that it started still runs',
    advice:
      "Wait for the child's result, or cancel it before the parent returns; where it is meant to go on, allow('child-abandoned', reason). Who pays for its model calls now?",
  },
  {
    id: 'cancel-ignored',
    pattern: 5,
    severity: 'warning',
    title: 'An activity runs on after its cancellation was delivered',
    advice:
      "Pass the cancellation signal on to the model's SDK: heartbeatWhile((signal) => ...) of temporal-agent-observability/activity.",
  },
  {
    id: 'wait-without-timeout',
    pattern: 6,
    severity: 'warning',
    title: 'An agent waits for a signal or an update and nothing ends the wait',
    advice:
      "Give the wait a deadline: condition(..., timeout). Where it merely awaits its next message, allow('wait-without-timeout', reason).",
  },
  {
    id: 'approval-overdue',
    pattern: 6,
    severity: 'critical',
    title: 'An approval is past its due time',
    advice:
      'Decide it: `temporal-agent-observability approvals list --overdue` shows what waits, `approvals approve` and `approvals reject` decide. Where no worker runs, start one: the time-out is applied then.',
  },
  {
    id: 'approval-escalated',
    pattern: 6,
    severity: 'warning',
    title: 'An approval was escalated because nobody decided it in time',
    advice:
      'Decide it before its next deadline, and see that whoever is asked first gets to know: `temporal-agent-observability approvals show <workflow-id>` tells when it was asked and who has seen it.',
  },
  {
    id: 'nondeterminism',
    pattern: 7,
    severity: 'critical',
    title: 'A run cannot be replayed by this code',
    advice:
      'Deploy the version that the run began with, or reset the run; guard changes with patched(...) or Worker Versioning, and replay histories before a deploy.',
  },
  {
    id: 'replay-incompatible',
    pattern: 7,
    severity: 'critical',
    title: 'An open run cannot go on with the code that is about to be deployed',
    advice:
      'Do not deploy it as it is: guard the change with patched(...), keep workflow types that have open runs, or use Worker Versioning, which leaves open runs on the version that they began with.',
  },
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
    advice:
      'Return a reference instead of the content, or keep large payloads out of history: claimCheck(...) of temporal-agent-observability/content.',
  },
  {
    id: 'payload-over-limit',
    pattern: 9,
    severity: 'critical',
    title: 'A payload is over the size at which Temporal refuses it',
    advice:
      'Keep large payloads out of history, with claimCheck(...) of temporal-agent-observability/content, or send less; retries cannot succeed.',
  },
  {
    id: 'payload-rejected-loop',
    pattern: 9,
    severity: 'critical',
    title: 'A payload is refused for its size again and again',
    advice:
      'The worker refuses the payload and the server retries for ever. Keep large payloads out of history: claimCheck(...) of temporal-agent-observability/content.',
  },
  {
    id: 'conversation-in-history',
    pattern: 9,
    severity: 'warning',
    title: 'Each model call carries the whole conversation through history',
    advice:
      'Keep the conversation outside history and pass a reference, with claimCheck(...) of temporal-agent-observability/content, or summarise and continue as new.',
  },
  {
    id: 'content-missing',
    pattern: 9,
    severity: 'critical',
    title: 'A payload that was kept outside history cannot be read back',
    advice:
      'Restore the object, or reset or terminate the run. Keep payloads longer than any run that refers to them stays open.',
  },
  {
    id: 'agent-loop-in-activity',
    pattern: 10,
    severity: 'warning',
    title: 'One activity attempt runs a loop of model calls',
    advice:
      'Let the workflow loop, and give every model and tool call an activity of its own: what has been done then survives a failure.',
  },
  {
    id: 'transform-unknown',
    pattern: 11,
    severity: 'critical',
    title: 'A tool output was to be transformed by a name that is not registered',
    advice:
      'Register the name with defineTransforms({ ... }) in workflow code, and deploy that before anything uses it.',
  },
  {
    id: 'tool-output-oversized',
    pattern: 11,
    severity: 'warning',
    title: 'A large tool output goes to the model as it is',
    advice:
      'Shorten or select before the model sees it: transform(name, output) with a transform of defineTransforms({ ... }).',
  },
] as const satisfies readonly FindingDefinition[];

export type FindingId = (typeof FINDINGS)[number]['id'];

export const FINDING_IDS: readonly FindingId[] = FINDINGS.map(({ id }) => id);

const byId: ReadonlyMap<string, FindingDefinition> = new Map(FINDINGS.map((finding) => [finding.id, finding]));

/** @throws RangeError when there is no such finding */
export function definitionOf(id: FindingId): FindingDefinition {
  const definition = byId.get(id);
  if (definition === undefined) throw new RangeError(`Unknown finding ${JSON.stringify(id)}`);
  return definition;
}
