import type { ExternalStorage } from '@temporalio/common';
import type { AttemptTrace } from '../activity/attempt-observer';
import type { ActivityObservation } from '../activity/observation';
import { measureJson } from '../content/measure-json';
import type { Detection } from '../definitions/finding';
import { readableBytes } from '../definitions/readable-bytes';
import type { Thresholds } from '../definitions/thresholds';

/** Where a payload crosses between workflow, activity and client. */
export type PayloadBoundary = 'activity_input' | 'activity_result' | 'workflow_input';

export interface MeasuredPayload {
  readonly boundary: PayloadBoundary;
  /** Size as JSON, before any codec. */
  readonly bytes: number | undefined;
  /** Activity type, tool or workflow type: whose payload it is. */
  readonly subject: string;
}

const WORDS: Readonly<Record<PayloadBoundary, string>> = {
  activity_input: 'input of activity',
  activity_result: 'result of activity',
  workflow_input: 'input of workflow',
};

/**
 * How much of some arguments or of a result Temporal gets inline: all but the payloads that external storage takes. Which
 * of them a selector of the user's keeps inline is not known.
 *
 * @param bytes - size of all of them as JSON
 */
export function inlineBytes(
  values: readonly unknown[],
  bytes: number | undefined,
  externalStorage: ExternalStorage | undefined,
): number | undefined {
  if (externalStorage === undefined || bytes === undefined || bytes < externalStorage.payloadSizeThreshold)
    return bytes;
  const { payloadSizeThreshold } = externalStorage;
  const sizes = values.length === 1 ? [bytes] : values.map((value) => measureJson(value)?.bytes ?? 0);
  return sizes.filter((size) => size < payloadSizeThreshold).reduce((sum, size) => sum + size, 0);
}

/** The finding for a payload's size, if it is one. Codec and compression can make it smaller. */
export function payloadFinding(
  { boundary, bytes, subject }: MeasuredPayload,
  { payloadWarningBytes, payloadLimitBytes }: Thresholds,
): Detection | undefined {
  if (bytes === undefined || bytes < payloadWarningBytes) return undefined;
  const over = bytes >= payloadLimitBytes;
  const limit = over
    ? `over Temporal's limit of ${readableBytes(payloadLimitBytes)}`
    : `the limit is ${readableBytes(payloadLimitBytes)}`;
  return {
    id: over ? 'payload-over-limit' : 'payload-near-limit',
    message: `${WORDS[boundary]} ${subject} has ${readableBytes(bytes)} before any codec, ${limit}`,
    cause: `${boundary} ${subject}`,
    evidence: { boundary, subject, bytes },
  };
}

/** Tells of the payload of an attempt, if it is near the limit or over it. */
export function findPayload(
  boundary: PayloadBoundary,
  { correlation, tool }: ActivityObservation,
  bytes: number | undefined,
  thresholds: Thresholds,
  trace: Pick<AttemptTrace, 'found'>,
): void {
  if (bytes === undefined || bytes < thresholds.payloadWarningBytes) return;
  const { activityType } = correlation;
  const subject = tool === undefined || tool === activityType ? activityType : `${activityType} (tool ${tool})`;
  const finding = payloadFinding({ boundary, bytes, subject }, thresholds);
  if (finding !== undefined) trace.found(finding);
}
