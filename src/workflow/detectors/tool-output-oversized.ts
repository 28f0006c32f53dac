import type { Payload } from '@temporalio/common';
import { workflowInfo } from '@temporalio/workflow';
import { isJsonPayload } from '../../definitions/json-payload';
import type { ResolvedActivity } from '../agent-state';
import { byteText, containsOutput, type Fingerprint, fingerprintsOf } from '../output-fingerprint';
import type { Command, WatchedRun, WorkflowDetector } from './workflow-detector';

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

type ScheduledActivity = NonNullable<Command['scheduleActivity'] | Command['scheduleLocalActivity']>;

/**
 * The result of a tool that is over the threshold stands, to the byte, in what a model activity is given. Read from
 * payloads, for what user code makes of a result is not to be touched. Costs nothing as long as no output is that large.
 */
export class OversizedToolOutput implements WorkflowDetector {
  private outputs: readonly LargeOutput[] = [];
  /** What calls of activities carried that are not known to call models, until their result tells. */
  private readonly carriers = new Map<number, readonly LargeOutput[]>();

  constructor(private readonly run: WatchedRun) {}

  activityResolved({ seq, activityType, turns }: ResolvedActivity, result: Payload | null | undefined): void {
    const carried = this.carriers.get(seq);
    this.carriers.delete(seq);
    if (turns !== undefined) for (const output of carried ?? []) this.found(activityType, output);
    if (turns !== undefined || this.run.state.callsModels(activityType)) return;
    const { toolOutputBytes } = this.run.thresholds;
    const json = jsonOf(result, toolOutputBytes);
    if (json === undefined) return;
    const fingerprints = fingerprintsOf(json, toolOutputBytes);
    if (fingerprints.length === 0) return;
    const output = { tool: activityType, bytes: json.length, fingerprints, modelCalls: 0 };
    this.outputs = [...this.outputs.slice(1 - MAX_OUTPUTS), output];
  }

  concluded(commands: readonly Command[]): void {
    if (this.outputs.length === 0) return;
    for (const { scheduleActivity, scheduleLocalActivity } of commands) {
      const activity = scheduleActivity ?? scheduleLocalActivity;
      if (activity != null) this.scheduled(activity);
    }
  }

  private scheduled({ seq, activityType, arguments: payloads }: ScheduledActivity): void {
    if (activityType == null) return;
    const callsModels = this.run.state.callsModels(activityType);
    if (callsModels) this.outputs = this.outputs.filter((output) => ++output.modelCalls <= MODEL_CALLS);
    // At replay a finding goes nowhere.
    if (callsModels && workflowInfo().unsafe.isReplaying) return;
    const carried = carriedBy(payloads ?? [], this.outputs);
    if (callsModels) for (const output of carried) this.found(activityType, output);
    else if (carried.length > 0 && this.carriers.size < MAX_CARRIERS) this.carriers.set(seq ?? 0, carried);
  }

  private found(activityType: string, { tool, bytes }: LargeOutput): void {
    this.outputs = this.outputs.filter((output) => output.tool !== tool);
    const { toolOutputBytes } = this.run.thresholds;
    this.run.found({
      id: 'tool-output-oversized',
      message: `an output of tool ${tool} of ${bytes} bytes, over ${toolOutputBytes}, goes to the model as it is, in the arguments of activity ${activityType}`,
      cause: tool,
      evidence: { tool, bytes, thresholdBytes: toolOutputBytes, activityType },
    });
  }
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
  const data = payload?.data;
  return data != null && data.length >= atLeast && isJsonPayload(payload) ? byteText(data) : undefined;
}
