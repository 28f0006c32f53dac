import { NamespaceNotFoundError, ValueError, WorkflowNotFoundError } from '@temporalio/common';
import { ApprovalRefusedError, ApprovalUnansweredError } from '../../client/approval-errors';
import { CliError, EXIT, grpcCode } from '../cli-error';
import { printable } from '../printable';

// gRPC status code, which is a wire contract.
const INVALID_ARGUMENT = 3;

/** Errors of the client as errors of the command; others as they are. */
export function approvalFailure(error: unknown): unknown {
  if (error instanceof ApprovalRefusedError) {
    const advice = error.retry
      ? 'Try again later. A decision with --signal is kept until the workflow requests the approval.'
      : 'Trying again does not help. To see what became of it: temporal-agent-observability approvals show';
    return failure(error, EXIT.refused, advice);
  }
  if (error instanceof ApprovalUnansweredError) {
    return failure(error, EXIT.failed, error.question === 'view' ? undefined : 'By --signal it is recorded at once.');
  }
  if (error instanceof WorkflowNotFoundError) {
    return failure(error, EXIT.notFound, 'Check the id, --run-id, --namespace (TEMPORAL_NAMESPACE) and --address.');
  }
  if (error instanceof NamespaceNotFoundError) {
    return failure(error, EXIT.notFound, 'Check --namespace (TEMPORAL_NAMESPACE) and --address.');
  }
  if (
    grpcCode(error) === INVALID_ARGUMENT &&
    error instanceof Error &&
    /AgentApproval|AgentTaskType/.test(error.message)
  ) {
    const message = 'The namespace lacks the search attributes by which approvals are found.';
    return new CliError(message, EXIT.failed, 'To add them: temporal-agent-observability setup', { cause: error });
  }
  if (error instanceof ValueError) {
    // Whatever was asked for has been done, or refused.
    return new CliError(
      `The workflow answered, and the answer cannot be read: ${printable(error.message)}`,
      EXIT.failed,
      'If workers have a payload codec, name their data converter with --data-converter.',
      { cause: error },
    );
  }
  return error;
}

function failure(error: Error, exitCode: (typeof EXIT)[keyof typeof EXIT], advice: string | undefined): CliError {
  return new CliError(printable(error.message), exitCode, advice, { cause: error });
}
