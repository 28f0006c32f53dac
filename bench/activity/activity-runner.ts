import type { Info } from '@temporalio/activity';
import { defaultDataConverter, defaultPayloadConverter, noopMetricMeter } from '@temporalio/common';
import { type ActivityInterceptorsFactory, DefaultLogger } from '@temporalio/worker';
import { Activity } from '@temporalio/worker/lib/activity';
import { AGENT_HEADER } from '#lib/definitions/wire';

const LOGGER = new DefaultLogger('ERROR');

/** What an attempt carries in an observed run: the ids of ours and the parent span of OpenTelemetry's interceptor. */
const HEADERS = {
  [AGENT_HEADER]: defaultPayloadConverter.toPayload({
    taskType: 'research',
    taskId: 'task-1',
    sessionId: 'session-1',
    iteration: 3,
  }),
  '_tracer-data': defaultPayloadConverter.toPayload({
    traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
  }),
};

let attempts = 0;

/** Runs one attempt as the worker does from the decoded arguments on, to the encoded result: with the SDK's own class. */
export async function runActivity(
  interceptors: ActivityInterceptorsFactory[],
  args: unknown[],
  result: unknown,
  fn: () => Promise<unknown> = async () => result,
): Promise<void> {
  const activity = new Activity(
    activityInfo(),
    fn,
    defaultDataConverter,
    { type: 'activity', namespace: 'default', workflowId: 'bench', isLocal: false },
    undefined,
    () => undefined,
    undefined,
    LOGGER,
    noopMetricMeter,
    interceptors,
  );
  const { completed } = await activity.run({ args, headers: HEADERS });
  if (completed === undefined || completed === null) throw new Error('The activity did not complete.');
}

function activityInfo(): Info {
  attempts += 1;
  const now = Date.now();
  return {
    taskToken: Buffer.from('token'),
    base64TaskToken: 'dG9rZW4=',
    activityId: String(attempts),
    activityType: 'callModel',
    activityNamespace: 'default',
    namespace: 'default',
    attempt: 1,
    isLocal: false,
    inWorkflow: true,
    workflowExecution: { workflowId: `bench-${attempts % 100}`, runId: `0b8b0b54-4b4d-4b5f-8a1c-${attempts % 100}` },
    workflowNamespace: 'default',
    workflowType: 'researchAgent',
    taskQueue: 'bench',
    scheduledTimestampMs: now,
    currentAttemptScheduledTimestampMs: now,
    scheduleToCloseTimeoutMs: 60_000,
    startToCloseTimeoutMs: 60_000,
    heartbeatTimeoutMs: 60_000,
    heartbeatDetails: undefined,
    retryPolicy: {},
    activityRunId: '',
  } as unknown as Info;
}
