import type { Detection } from '../../definitions/finding';
import type { Thresholds } from '../../definitions/thresholds';
import type { ResolvedActivity } from '../agent-state';
import { heartbeatMissing } from './heartbeat-missing';
import type { ModelCall } from './model-call';
import { retryUnbounded } from './retry-unbounded';
import type { WatchedRun, WorkflowDetector } from './workflow-detector';

/** Activities remembered until it is known what they are. The server allows a run 2,000 that are open. */
const MAX_OPEN = 2_000;

type Check = (call: ModelCall, thresholds: Thresholds) => Detection | undefined;

const CHECKS: readonly Check[] = [heartbeatMissing, retryUnbounded];

type Scheduling = Omit<ModelCall, 'isLocal'> & { readonly seq: number };

/**
 * Checks the options of model calls when they are scheduled, or when the result shows that one was a model call.
 */
export class ModelCallOptions implements WorkflowDetector {
  /** Calls of which it is not known yet. */
  private readonly open = new Map<number, ModelCall>();

  constructor(private readonly run: WatchedRun) {}

  scheduling(activity: Scheduling): void {
    this.scheduled(activity, false);
  }

  schedulingLocal(activity: Scheduling): void {
    this.scheduled(activity, true);
  }

  activityResolved({ seq, turns }: ResolvedActivity): void {
    const call = this.open.get(seq);
    this.open.delete(seq);
    if (call !== undefined && turns !== undefined) this.check(call);
  }

  private scheduled({ seq, activityType, options }: Scheduling, isLocal: boolean): void {
    const call: ModelCall = { activityType, options, isLocal };
    if (this.run.state.expectsModel(seq)) this.check(call);
    else if (this.open.size < MAX_OPEN) this.open.set(seq, call);
  }

  private check(call: ModelCall): void {
    for (const check of CHECKS) {
      const detection = check(call, this.run.thresholds);
      if (detection !== undefined) this.run.found(detection);
    }
  }
}
