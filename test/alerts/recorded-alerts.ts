/** Alerts that fire in each recording, and no others; the first has fired before anything is mended. */
export const RECORDED_ALERTS: Readonly<Record<string, readonly string[]>> = {
  '01-model-in-workflow': ['TemporalAgentModelCallInWorkflow'],
  '02-missing-heartbeats': ['TemporalAgentHeartbeatMissing', 'TemporalAgentModelCallDuplicated'],
  '03-endless-loop': ['TemporalAgentRunawayLoop', 'TemporalAgentHistoryGrowing', 'TemporalAgentHistoryNearlyFull'],
  '04-wrong-retries': ['TemporalAgentRetriesWrong'],
  '05-orphaned-children': ['TemporalAgentChildAbandoned'],
  '06-approval-without-timeout': ['TemporalAgentWaitWithoutTimeout'],
  '07-versioning': ['TemporalAgentNonDeterminism'],
  '08-observability-gaps': ['TemporalAgentUsageMissing', 'TemporalAgentObservabilityGap'],
  '09-payload-limits': ['TemporalAgentPayloadRefused', 'TemporalAgentPayloadNearLimit'],
  '10-loop-in-one-activity': ['TemporalAgentLoopInActivity'],
  '11-unknown-transform': ['TemporalAgentTransformUnknown', 'TemporalAgentToolOutputOversized'],
};
