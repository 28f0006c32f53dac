import type { Logger } from '@temporalio/common';
import { isCoreLogTapped } from './core-log-tap';

let wasSaid = false;

/** Says, once per process, what cannot be found without `runtimeOptions()`. */
export function sayWhatIsUnseen(logger: Logger): void {
  if (wasSaid || isCoreLogTapped()) return;
  wasSaid = true;
  logger.info(
    'Agent observability: this process cannot see non-determinism, nor payloads that the worker refuses in workflow tasks',
    { hint: 'Install the runtime before the first worker: Runtime.install(runtimeOptions()).' },
  );
}
