/**
 * A logger in front of the user's that turns Core's lines about failing workflow tasks into findings. Every line goes on,
 * untouched.
 *
 * @module
 */

import type { Logger, LogLevel, LogMetadata } from '@temporalio/common';
import { Runtime } from '@temporalio/worker';
import type { Detection } from '../definitions/finding';
import { tellFinding } from '../definitions/finding-listeners';
import { describeNondeterminism } from '../definitions/nondeterminism';
import { readSandboxError, sandboxErrorFinding } from '../definitions/sandbox-errors';
import { type FailedTask, type RefusedPayload, readFailedTask, readRefusedPayload } from './core-log';
import { type KnownRun, lookUpRun } from './run-lookup';

const NONDETERMINISM = '[TMPRL1100] Nondeterminism error: ';

/** Runs whose failing tasks were told of; a task that is retried for ever logs for ever. */
const MAX_TOLD = 1_000;

export class CoreLogTap implements Logger {
  private readonly told = new Set<string>();
  /** Core logs the payload, then the task that fails for it. */
  private refused: RefusedPayload | undefined;

  constructor(private readonly users: Logger) {}

  log(level: LogLevel, message: string, meta?: LogMetadata): void {
    try {
      this.read(level, message, meta);
    } catch {
      // A line that cannot be read is still one to pass on.
    }
    this.users.log(level, message, meta);
  }

  trace(message: string, meta?: LogMetadata): void {
    this.log('TRACE', message, meta);
  }

  debug(message: string, meta?: LogMetadata): void {
    this.log('DEBUG', message, meta);
  }

  info(message: string, meta?: LogMetadata): void {
    this.log('INFO', message, meta);
  }

  warn(message: string, meta?: LogMetadata): void {
    this.log('WARN', message, meta);
  }

  error(message: string, meta?: LogMetadata): void {
    this.log('ERROR', message, meta);
  }

  private read(level: LogLevel, message: string, meta: LogMetadata | undefined): void {
    if (level !== 'WARN' && level !== 'ERROR') return;
    this.refused = readRefusedPayload(level, message, meta) ?? this.refused;
    const task = readFailedTask(message, meta);
    const detect = task && this.detectorOf(task);
    if (task === undefined || detect === undefined) return;
    const { runId } = task;
    if (runId === undefined) tellFinding({ namespace: undefined, ...detect(undefined) });
    else if (this.isNew(`${runId} ${detect(undefined).id}`)) lookUpRun(runId, (run) => tell(runId, run, detect(run)));
  }

  private isNew(key: string): boolean {
    if (this.told.has(key)) return false;
    const [oldest] = this.told;
    if (this.told.size >= MAX_TOLD && oldest !== undefined) this.told.delete(oldest);
    this.told.add(key);
    return true;
  }

  private detectorOf(task: FailedTask): ((run: KnownRun | undefined) => Detection) | undefined {
    const { message, stack, isPayloadRefusal } = task;
    if (message.startsWith(NONDETERMINISM)) {
      return (run) => nondeterminism(message.slice(NONDETERMINISM.length), run);
    }
    if (isPayloadRefusal) {
      const { refused } = this;
      this.refused = undefined;
      return (run) => payloadRejectedLoop(refused, run);
    }
    const sandboxError = readSandboxError({ message, stack });
    return sandboxError && (() => sandboxErrorFinding(sandboxError));
  }
}

/** Whether the runtime of this process was installed with the tap in front of its logger. */
export function isCoreLogTapped(): boolean {
  return Runtime.defaultOptions.logger instanceof CoreLogTap;
}

function tell(runId: string, run: KnownRun | undefined, detection: Detection): void {
  if (run === undefined) {
    tellFinding({ ...detection, namespace: undefined, runId });
    return;
  }
  const { worker: _, ...subject } = run;
  tellFinding({ ...detection, ...subject });
}

function nondeterminism(message: string, run: KnownRun | undefined): Detection {
  const { words, ...divergence } = describeNondeterminism(message);
  const buildId = run?.worker.buildId;
  const subject = run?.workflowType === undefined ? 'a run' : `a run of workflow ${run.workflowType}`;
  return {
    id: 'nondeterminism',
    message: `${subject} cannot be replayed by ${buildId === undefined ? 'this worker' : `build ${buildId}`}: ${words}`,
    cause: run?.workflowType ?? 'unknown workflow type',
    evidence: { ...(buildId !== undefined && { buildId }), ...divergence },
  };
}

function payloadRejectedLoop(refused: RefusedPayload | undefined, run: KnownRun | undefined): Detection {
  const subject = run?.workflowType === undefined ? 'a workflow task' : `a workflow task of ${run.workflowType}`;
  const size = refused === undefined ? '' : ` of ${refused.size} bytes is over the limit of ${refused.limit} bytes and`;
  return {
    id: 'payload-rejected-loop',
    message: `${subject} fails because its payload${size} is refused by the worker; it is retried for ever`,
    cause: 'workflow task',
    evidence: { boundary: 'workflow_task', ...refused },
  };
}
