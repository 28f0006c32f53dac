/**
 * Where the interceptors and the approvals of a run meet. Every workflow bundle has the interceptors, and few workflows
 * ask for approvals, so that the code of approvals is part of `./workflow` alone and says here that it is there.
 *
 * @module
 */

import { maybeGetActivator } from '@temporalio/workflow/lib/global-attributes';
import type { ApprovalState } from '../definitions/approvals';

/** What search attributes say of a run's approvals. */
export interface ApprovalAttributes {
  readonly state: ApprovalState | undefined;
  readonly dueAtMs: number | undefined;
}

/** The approvals of a run, as its interceptors know them. */
export interface RunApprovals {
  attributes(): ApprovalAttributes;
  /** For the next run of the task; `undefined` where there is nothing to say. */
  carried(): object | undefined;
}

/** Opens what the run before carried on. */
type Opening = (carried: object) => void;

const APPROVALS = Symbol.for('temporal-agent-observability.approvals');
const OPENING = Symbol.for('temporal-agent-observability.approvals-opening');

interface Holder {
  [OPENING]?: Opening;
}

/** Temporal's own object of the execution, for the reason that `current-run.ts` gives. */
interface Execution extends Holder {
  [APPROVALS]?: RunApprovals;
}

const execution = () => maybeGetActivator() as Execution | undefined;
/** Modules that are preloaded are evaluated before there is an execution. */
const shared = globalThis as Holder;

/** The run's approvals; `undefined` when there never were any. */
export function currentApprovals(): RunApprovals | undefined {
  return execution()?.[APPROVALS];
}

export function keepApprovals(approvals: RunApprovals): void {
  const run = execution();
  if (run !== undefined) run[APPROVALS] = approvals;
}

/** Says how runs of this bundle open approvals. Called where a module is evaluated, which is before a run begins. */
export function openApprovalsBy(opening: Opening): void {
  (execution() ?? shared)[OPENING] = opening;
}

/** Opens what the run before carried on; nothing happens in a bundle without the code of approvals. */
export function openApprovals(carried: object): void {
  (execution()?.[OPENING] ?? shared[OPENING])?.(carried);
}
