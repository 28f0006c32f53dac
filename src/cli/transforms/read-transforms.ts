/**
 * Which transforms a bundle of workflow code defines.
 *
 * The bundle is run as Temporal runs it, in the SDK's own sandbox: a history of one workflow task is replayed, and the
 * workflow side of the plugin tells the names as it does in production. No server is asked.
 *
 * @module
 */

import path from 'node:path';
import { type InjectedSinks, Worker } from '@temporalio/worker';
import { decodeBundleConfig } from '../../definitions/bundle-config';
import { SINK_NAME } from '../../definitions/wire';
import type { AgentSinks } from '../../workflow/sinks';
import { CliError, EXIT } from '../cli-error';
import { quietTemporal } from './quiet-temporal';

/** Type of a workflow that does nothing, which every bundle is given. */
const PROBE = '__temporalAgentObservabilityProbe';

const PROBE_SOURCE = `;(() => {
  const load = __TEMPORAL__.importWorkflows;
  __TEMPORAL__.importWorkflows = () => ({ ...load(), ${PROBE}: async () => {} });
})();
`;

/** In a stack trace, where this package's own code is. */
const OWN_CODE = path.join(__dirname, '..', '..', 'workflow');

const SOURCE_MAP = '//# sourceMappingURL=data:';

/**
 * Names of the transforms that a bundle defines, in alphabetical order.
 *
 * @throws CliError when the bundle was built without the plugin, or its code cannot be evaluated
 */
export async function readTransforms(code: string): Promise<readonly string[]> {
  if (decodeBundleConfig(code) === undefined) {
    throw new CliError(
      'The bundle was built without the plugin, so that nothing in it can tell its transforms.',
      EXIT.failed,
      'Pass the plugin to bundleWorkflowCode({ plugins: [...] }), or give --workflows in place of --bundle.',
    );
  }
  quietTemporal();
  let names: readonly string[] = [];
  try {
    await Worker.runReplayHistory(
      {
        workflowBundle: { code: withProbe(code) },
        sinks: listening((defined) => {
          names = defined;
        }),
      },
      probeHistory(),
      PROBE,
    );
  } catch (error) {
    // An interceptor of the user's can emit commands that no history has; the names were told before that.
    if (names.length === 0) throw notEvaluated(error);
  }
  return [...names].sort();
}

/** The source map has to stay at the end. */
function withProbe(code: string): string {
  const end = code.lastIndexOf(SOURCE_MAP);
  return end === -1 ? code + PROBE_SOURCE : code.slice(0, end) + PROBE_SOURCE + code.slice(end);
}

function listening(defined: (names: readonly string[]) => void): InjectedSinks<AgentSinks> {
  const silent = { fn: () => {}, callDuringReplay: false };
  return {
    [SINK_NAME]: {
      internalError: silent,
      finding: silent,
      transformed: silent,
      transformsDefined: { fn: (_info, names) => defined(names), callDuringReplay: true },
    },
  };
}

/** A run of the probe, from its start to its end. */
function probeHistory(): unknown {
  const taskQueue = { name: PROBE };
  const eventTime = '2024-01-01T00:00:00Z';
  const events = [
    {
      eventType: 'EVENT_TYPE_WORKFLOW_EXECUTION_STARTED',
      workflowExecutionStartedEventAttributes: {
        workflowType: { name: PROBE },
        taskQueue,
        originalExecutionRunId: PROBE,
        firstExecutionRunId: PROBE,
        workflowTaskTimeout: '10s',
        attempt: 1,
      },
    },
    {
      eventType: 'EVENT_TYPE_WORKFLOW_TASK_SCHEDULED',
      workflowTaskScheduledEventAttributes: { taskQueue, attempt: 1 },
    },
    { eventType: 'EVENT_TYPE_WORKFLOW_TASK_STARTED', workflowTaskStartedEventAttributes: { scheduledEventId: '2' } },
    {
      eventType: 'EVENT_TYPE_WORKFLOW_TASK_COMPLETED',
      workflowTaskCompletedEventAttributes: { scheduledEventId: '2', startedEventId: '3' },
    },
    {
      eventType: 'EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED',
      workflowExecutionCompletedEventAttributes: { workflowTaskCompletedEventId: '4' },
    },
  ];
  return { events: events.map((event, i) => ({ eventId: String(i + 1), eventTime, ...event })) };
}

function notEvaluated(error: unknown): CliError {
  return new CliError(
    `The workflow code cannot be evaluated: ${causeOf(error instanceof Error ? error.message : String(error))}`,
    EXIT.failed,
    'A worker that is given this code fails every workflow task in the same way.',
    { cause: error },
  );
}

/** Core gives the failure of a workflow task as it stands in its memory; of that, what was thrown, and where. */
function causeOf(message: string): string {
  const field = (name: string) => {
    const quoted = new RegExp(`${name}: "((?:[^"\\\\]|\\\\.)*)"`).exec(message)?.[1];
    return quoted?.replace(/\\(.)/g, (_, escaped) => (escaped === 'n' ? '\n' : escaped));
  };
  const thrown = field('message');
  if (thrown === undefined) return message;
  const places = field('stack_trace')?.match(/^ +at .*$/gm) ?? [];
  const place = places.find((line) => !line.includes(OWN_CODE));
  return place === undefined ? thrown : `${thrown}\n${place}`;
}
