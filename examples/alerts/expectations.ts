import type { PatternExample } from '../patterns/pattern-example';

export interface ExpectedAlert {
  readonly alert: string;
  readonly severity: 'critical' | 'warning' | 'info';
}

/** What is to be heard of a pattern. */
export interface Expectation {
  /** The alert of this pattern, whose command has to name the run. */
  readonly matching: ExpectedAlert;
  /** Alerts that come with it, delivered or held back, by name, each with the reason. */
  readonly also?: Readonly<Record<string, string>>;
  /** Alerts that may come with it, by name, each with the reason. */
  readonly besides?: Readonly<Record<string, string>>;
}

const TASK_FAILS = 'the workflow task is retried for ever, which the exporter sees as well';

/** By pattern. Whatever else is heard is unexpected. */
export const EXPECTATIONS: Readonly<Record<PatternExample['pattern'], Expectation>> = {
  1: {
    matching: { alert: 'TemporalAgentModelCallInWorkflow', severity: 'critical' },
    besides: { TemporalAgentWorkflowTasksFailing: TASK_FAILS },
  },
  2: {
    matching: { alert: 'TemporalAgentHeartbeatMissing', severity: 'warning' },
    also: { TemporalAgentModelCallDuplicated: 'the second attempt starts while the first one still waits' },
  },
  3: {
    matching: { alert: 'TemporalAgentRunawayLoop', severity: 'warning' },
    also: {
      TemporalAgentHistoryNearlyFull: 'the loop fills the history up to its limit',
      TemporalAgentHistoryGrowing: 'the loop goes past the size at which Temporal suggests to continue as new',
    },
  },
  4: { matching: { alert: 'TemporalAgentRetriesWrong', severity: 'warning' } },
  5: {
    matching: { alert: 'TemporalAgentChildAbandoned', severity: 'warning' },
    besides: { TemporalAgentOrphaned: 'a poll of the exporter may come while the abandoned child runs' },
  },
  6: { matching: { alert: 'TemporalAgentWaitWithoutTimeout', severity: 'warning' } },
  7: {
    matching: { alert: 'TemporalAgentNonDeterminism', severity: 'critical' },
    besides: { TemporalAgentWorkflowTasksFailing: TASK_FAILS },
  },
  8: {
    matching: { alert: 'TemporalAgentUsageMissing', severity: 'info' },
    also: { TemporalAgentObservabilityGap: 'the bundle lacks the plugin, a second gap of this example' },
  },
  9: {
    matching: { alert: 'TemporalAgentPayloadRefused', severity: 'critical' },
    also: { TemporalAgentPayloadNearLimit: 'its conversation is in history too; held back by the critical one' },
  },
  10: { matching: { alert: 'TemporalAgentLoopInActivity', severity: 'warning' } },
  11: {
    matching: { alert: 'TemporalAgentTransformUnknown', severity: 'critical' },
    also: { TemporalAgentToolOutputOversized: 'the output that nothing shortens goes to the model whole' },
  },
};
