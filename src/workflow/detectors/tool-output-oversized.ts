import type { Payload } from '@temporalio/common';
import { decode } from '@temporalio/common/lib/encoding';
import { workflowInfo } from '@temporalio/workflow';
import { byteText, containsOutput, type Fingerprint, fingerprintsOf } from '../output-fingerprint';
import type { WatchedRun, WorkflowDetector } from './workflow-detector';

/** Outputs remembered; the oldest are forgotten first. */
const MAX_OUTPUTS = 8;

/** Model calls after which an output that was in none of them is forgotten. */
const MODEL_CALLS = 4;

/** Calls of activities that may turn out to call models. */
const MAX_CARRIERS = 32;

interface LargeOutput {
  readonly tool: string;
  readonly bytes: number;
  readonly fingerprints: readonly Fingerprint[];
  modelCalls: number;
}

/** The part of a command that says what an activity is given. */
interface ScheduledActivity {
  readonly seq?: number | null;
  readonly activityType?: string | null;
  readonly arguments?: readonly Payload[] | null;
}

interface Command {
  readonly scheduleActivity?: ScheduledActivity | null;
  readonly scheduleLocalActivity?: ScheduledActivity | null;
}

/**
 * `tool-output-oversized`: the result of a tool that is over the threshold stands, to the byte, in what a model activity
 * is given. Read from payloads, for what user code makes of a result is not to be touched. Costs nothing as long as no
 * output is that large.
 */
export function oversizedToolOutputs(run: WatchedRun): WorkflowDetector {
  let outputs: LargeOutput[] = [];
  /** What calls of activities carried that are not known to call models, until their result tells. */
  const carriers = new Map<number, readonly LargeOutput[]>();

  const found = (activityType: string, { tool, bytes }: LargeOutput) => {
    outputs = outputs.filter((output) => output.tool !== tool);
    const { toolOutputBytes } = run.thresholds;
    run.found({
      id: 'tool-output-oversized',
      message: `an output of tool ${tool} of ${bytes} bytes, over ${toolOutputBytes}, goes to the model as it is, in the arguments of activity ${activityType}`,
      cause: tool,
      evidence: { tool, bytes, thresholdBytes: toolOutputBytes, activityType },
    });
  };

  const scheduled = ({ seq, activityType, arguments: payloads }: ScheduledActivity) => {
    if (activityType == null) return;
    const callsModels = run.state.callsModels(activityType);
    if (callsModels) outputs = outputs.filter((output) => ++output.modelCalls <= MODEL_CALLS);
    // At replay a finding goes nowhere.
    if (callsModels && workflowInfo().unsafe.isReplaying) return;
    const carried = carriedBy(payloads ?? [], outputs);
    if (callsModels) for (const output of carried) found(activityType, output);
    else if (carried.length > 0 && carriers.size < MAX_CARRIERS) carriers.set(seq ?? 0, carried);
  };

  return {
    activityResolved({ seq, activityType, turns }, result) {
      const carried = carriers.get(seq);
      carriers.delete(seq);
      if (turns !== undefined) for (const output of carried ?? []) found(activityType, output);
      if (turns !== undefined || run.state.callsModels(activityType)) return;
      const { toolOutputBytes } = run.thresholds;
      const json = jsonOf(result, toolOutputBytes);
      if (json === undefined) return;
      const fingerprints = fingerprintsOf(json, toolOutputBytes);
      if (fingerprints.length === 0) return;
      outputs = [
        ...outputs.slice(1 - MAX_OUTPUTS),
        { tool: activityType, bytes: json.length, fingerprints, modelCalls: 0 },
      ];
    },

    concluded(commands: readonly Command[]) {
      if (outputs.length === 0) return;
      for (const { scheduleActivity, scheduleLocalActivity } of commands) {
        const activity = scheduleActivity ?? scheduleLocalActivity;
        if (activity != null) scheduled(activity);
      }
    },
  };
}

function carriedBy(payloads: readonly Payload[], outputs: readonly LargeOutput[]): readonly LargeOutput[] {
  const smallest = Math.min(...outputs.flatMap(({ fingerprints }) => fingerprints.map(({ bytes }) => bytes)));
  const carried = new Set<LargeOutput>();
  for (const payload of payloads) {
    const json = jsonOf(payload, smallest);
    if (json === undefined) continue;
    for (const output of outputs) {
      if (output.fingerprints.some((fingerprint) => containsOutput(json, fingerprint))) carried.add(output);
    }
  }
  return [...carried];
}

/** The bytes of a JSON payload of at least so many; nothing is read of a smaller one. */
function jsonOf(payload: Payload | null | undefined, atLeast: number): string | undefined {
  const { data, metadata } = payload ?? {};
  if (data == null || data.length < atLeast || metadata?.encoding == null) return undefined;
  return decode(metadata.encoding) === 'json/plain' ? byteText(data) : undefined;
}
