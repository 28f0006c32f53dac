import { CliError, EXIT } from '../cli-error';
import { taskFailure } from './task-failure';

export function notEvaluated(error: unknown): CliError {
  const { message, place } = taskFailure(error instanceof Error ? error.message : String(error));
  return new CliError(
    `The workflow code cannot be evaluated: ${message}${place === undefined ? '' : `\n    ${place}`}`,
    EXIT.failed,
    'A worker that is given this code fails every workflow task in the same way.',
    { cause: error },
  );
}
