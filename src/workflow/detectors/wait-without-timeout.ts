import { maybeGetActivator } from '@temporalio/workflow/lib/global-attributes';
import { closing } from './child-commands';
import { runTimeoutMs } from './timeouts';
import type { Command, WatchedRun, WorkflowDetector } from './workflow-detector';

/**
 * A run that called models waits, and nothing that it asked of the server is open, no timer either: only a signal, an
 * update or a cancellation moves it on. A timeout of the run ends the wait as well.
 */
export class WaitWithoutTimeout implements WorkflowDetector {
  constructor(private readonly run: WatchedRun) {}

  concluded(commands: readonly Command[]): void {
    const { iteration } = this.run.state;
    // A query leaves the run as it is.
    if (iteration === 0 || commands.some((command) => closing(command) || command.respondToQuery)) return;
    if (runTimeoutMs() !== undefined || !nothingPending()) return;
    this.run.found({
      id: 'wait-without-timeout',
      message: `nothing is pending after ${iteration} model ${iteration === 1 ? 'turn' : 'turns'}: no activity, no child, no timer`,
      cause: 'idle',
      evidence: { iteration },
    });
  }
}

/**
 * Read from the SDK's own tables of what it waits for, the same from 1.21 to 1.24 at least, and not counted from
 * interceptors: neither the end of a cancelled timer nor the cancellation of an external workflow passes through one.
 */
function nothingPending(): boolean {
  const completions: Readonly<Record<string, { readonly size?: number }>> | undefined =
    maybeGetActivator()?.completions;
  return completions !== undefined && Object.values(completions).every(({ size }) => size === 0);
}
