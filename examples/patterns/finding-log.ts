import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger, LogLevel } from '@temporalio/worker';
import type { FindingId, Severity } from 'temporal-agent-observability';

/** A finding as the plugin logs it. */
export interface LoggedFinding {
  readonly id: FindingId;
  readonly severity: Severity;
  readonly message: string;
  readonly advice: string;
  /** The run that it is about; a finding about a whole worker has none. */
  readonly workflowId: string | undefined;
}

const POLL_MS = 20;

/** The `logger` of a plugin: keeps findings, and passes everything else on. */
export class FindingLog implements Logger {
  readonly findings: LoggedFinding[] = [];

  constructor(private readonly other: Logger) {}

  log(level: LogLevel, message: string, meta?: Record<string, unknown>): void {
    if (typeof meta?.finding !== 'string') {
      this.other.log(level, message, meta);
      return;
    }
    const { finding, severity, advice, workflowId } = meta;
    this.findings.push({ id: finding, severity, message, advice, workflowId } as LoggedFinding);
  }

  /** Waits until there are this many. */
  async untilFound(count: number, signal: AbortSignal): Promise<void> {
    while (this.findings.length < count && !signal.aborted) await sleep(POLL_MS);
  }

  trace(message: string, meta?: Record<string, unknown>): void {
    this.log('TRACE', message, meta);
  }

  debug(message: string, meta?: Record<string, unknown>): void {
    this.log('DEBUG', message, meta);
  }

  info(message: string, meta?: Record<string, unknown>): void {
    this.log('INFO', message, meta);
  }

  warn(message: string, meta?: Record<string, unknown>): void {
    this.log('WARN', message, meta);
  }

  error(message: string, meta?: Record<string, unknown>): void {
    this.log('ERROR', message, meta);
  }
}
