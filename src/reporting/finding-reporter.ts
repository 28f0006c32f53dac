/**
 * The one path of a finding: once per run and cause in this process, a log line, a metric, and a record.
 *
 * @module
 */

import type { Logger } from '@temporalio/common';
import type { Detected, Finding } from '../definitions/finding';
import { definitionOf, type FindingId, type Severity } from '../definitions/findings';
import { LogRate } from './log-rate';

/** Runs and causes remembered so that they are not reported again; the oldest are forgotten first. */
const MAX_REMEMBERED = 10_000;

const LEVELS = { info: 'INFO', warning: 'WARN', critical: 'ERROR' } as const;

/** Other severities for findings, or that they are silent. */
export type FindingSeverities = Readonly<Partial<Record<FindingId, Severity | 'off'>>>;

export interface FindingOutlets {
  readonly logger: Logger;
  count(finding: Finding): void;
  record(finding: Finding): void;
}

export class FindingReporter {
  private readonly remembered = new Set<string>();
  private readonly lines = new LogRate();

  constructor(
    private readonly outlets: FindingOutlets,
    private readonly severities: FindingSeverities,
  ) {}

  /** @returns the finding, when it is a new one that is not silenced */
  report(detected: Detected): Finding | undefined {
    const { severity: usual, advice, title } = definitionOf(detected.id);
    const severity = this.severities[detected.id] ?? detected.severity ?? usual;
    if (severity === 'off') return undefined;
    const key = `${detected.runId ?? ''} ${detected.id} ${detected.cause}`;
    if (this.remembered.has(key)) return undefined;
    this.remember(key);
    const finding: Finding = { ...detected, severity, advice };
    this.outlets.count(finding);
    this.outlets.record(finding);
    this.log(title, finding);
    return finding;
  }

  private log(title: string, finding: Finding): void {
    const suppressed = this.lines.take(`${finding.id} ${finding.cause}`);
    if (suppressed === undefined) return;
    const { id, severity, message, advice, workflowType, workflowId, runId } = finding;
    this.outlets.logger.log(LEVELS[severity], `${title}: ${message}`, {
      finding: id,
      severity,
      advice,
      workflowType,
      workflowId,
      runId,
      ...finding.evidence,
      ...(suppressed > 0 && { suppressed }),
    });
  }

  private remember(key: string): void {
    this.remembered.add(key);
    if (this.remembered.size <= MAX_REMEMBERED) return;
    const [oldest] = this.remembered;
    if (oldest !== undefined) this.remembered.delete(oldest);
  }
}
