/**
 * The one path of a finding: once per run and cause in this process, a log line, a metric, and a record under the run.
 *
 * @module
 */

import type { Logger } from '@temporalio/common';
import { FINDINGS, type Finding, type FindingDefinition, type FindingId } from '../definitions/findings';

/** Runs and causes remembered so that they are not reported again; the oldest are forgotten first. */
const MAX_REMEMBERED = 10_000;

/** What a detector knows; severity and advice come from the definition. */
export type Detected = Omit<Finding, 'severity' | 'advice'>;

export interface FindingOutlets {
  readonly logger: Logger;
  count(finding: Finding): void;
  record(finding: Finding): void;
}

export class FindingReporter {
  private readonly remembered = new Set<string>();

  constructor(private readonly outlets: FindingOutlets) {}

  report(detected: Detected): void {
    const key = `${detected.runId ?? ''} ${detected.id} ${detected.cause}`;
    if (this.remembered.has(key)) return;
    this.remember(key);
    const { severity, advice, title } = definitionOf(detected.id);
    const finding: Finding = { ...detected, severity, advice };
    this.outlets.count(finding);
    if (finding.runId !== undefined) this.outlets.record(finding);
    const { logger } = this.outlets;
    const level = severity === 'critical' ? 'ERROR' : severity === 'warning' ? 'WARN' : 'INFO';
    logger.log(level, `${title}: ${finding.message}`, {
      finding: finding.id,
      severity,
      advice,
      workflowType: finding.workflowType,
      workflowId: finding.workflowId,
      runId: finding.runId,
      ...finding.evidence,
    });
  }

  private remember(key: string): void {
    this.remembered.add(key);
    if (this.remembered.size <= MAX_REMEMBERED) return;
    const [oldest] = this.remembered;
    if (oldest !== undefined) this.remembered.delete(oldest);
  }
}

function definitionOf(id: FindingId): FindingDefinition {
  const definition = FINDINGS.find((finding) => finding.id === id);
  if (definition === undefined) throw new RangeError(`Unknown finding ${JSON.stringify(id)}`);
  return definition;
}
