import { workflowInfo } from '@temporalio/workflow';
import { TRANSACTION_LIMIT_BYTES, TRANSACTION_WARN_BYTES } from '../../definitions/limits';
import { readableBytes } from '../../definitions/readable-bytes';
import { payloadBytes } from './command-payloads';
import type { Command, WatchedRun, WorkflowDetector } from './workflow-detector';

/**
 * Finds workflow tasks that ask for so much at once that the server cannot write it in one transaction. Each payload may
 * be well below its own limit: it is their sum for which the server terminates the run, or refuses the task for ever.
 */
export class TransactionSize implements WorkflowDetector {
  constructor(private readonly run: WatchedRun) {}

  concluded(commands: readonly Command[]): void {
    let bytes = 0;
    let count = 0;
    for (const command of commands) {
      const size = payloadBytes(command);
      bytes += size;
      if (size > 0) count++;
    }
    if (bytes < TRANSACTION_WARN_BYTES) return;
    const { workflowType } = workflowInfo();
    const over = bytes >= TRANSACTION_LIMIT_BYTES;
    const limit = readableBytes(TRANSACTION_LIMIT_BYTES);
    this.run.found({
      id: 'payload-near-limit',
      message: `one workflow task of workflow type ${workflowType} sends ${readableBytes(bytes)} of inputs before any codec, in ${count} ${count === 1 ? 'command' : 'commands'}; ${over ? `over the ${limit} that the server takes at once` : `the server takes ${limit} at once`}`,
      cause: `workflow_task ${workflowType}${over ? ' over' : ''}`,
      ...(over && { severity: 'critical' as const }),
      evidence: { boundary: 'workflow_task', subject: workflowType, bytes, commands: count },
    });
  }
}
