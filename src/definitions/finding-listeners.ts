/**
 * How parts of a process that belong to no worker tell a finding: the claim check inside a data converter, the tap on
 * Core's log. Workers with the plugin listen.
 *
 * @module
 */

import type { Detected } from './finding';

export interface ProcessFinding extends Detected {
  /** `undefined` where the teller does not know it; one worker of the process takes it then. */
  readonly namespace: string | undefined;
}

/** Takes the finding, or says that it is for somebody else. Never throws. */
export type FindingListener = (finding: ProcessFinding) => boolean;

const listeners = new Set<FindingListener>();

/** Listens until the returned function is called. */
export function onProcessFinding(listener: FindingListener): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Tells the first who takes it; false when nobody does. */
export function tellFinding(finding: ProcessFinding): boolean {
  for (const listener of listeners) if (listener(finding)) return true;
  return false;
}
