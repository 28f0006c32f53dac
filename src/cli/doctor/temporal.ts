/**
 * What agents and the exporter need of Temporal.
 *
 * @module
 */

import { Connection } from '@temporalio/client';
import { PAYLOAD_LIMIT_BYTES } from '../../definitions/limits';
import { readableBytes } from '../../definitions/readable-bytes';
import { CliError, unreachable } from '../cli-error';
import { connectionOptions } from '../connection';
import { Part } from './part';
import type { CheckResult } from './report';
import { checkAttributes } from './temporal-attributes';
import { refusal, type TemporalQuestions, type TemporalTarget } from './temporal-target';
import { checkVisibility } from './temporal-visibility';

/** Temporal's `NamespaceState` of one that works. */
const REGISTERED = 1;

/** @throws CliError when the connection is configured wrongly */
export async function checkTemporal(questions: TemporalQuestions): Promise<CheckResult[]> {
  const { flags, timeoutMs } = questions;
  const part = new Part('temporal');
  let connection: Connection;
  try {
    const options = connectionOptions(flags, process.env);
    connection = await Connection.connect({ ...options, connectTimeout: timeoutMs });
  } catch (error) {
    if (error instanceof CliError) throw error;
    const detail = error instanceof Error ? error.message : String(error);
    const { message, advice = '' } = unreachable(flags.address, detail, error);
    part.problem('reachable', message, advice);
    return part.results;
  }
  try {
    const ask: TemporalTarget['ask'] = (request) => connection.withDeadline(Date.now() + timeoutMs, request);
    const target = { ...questions, connection, ask };
    await part.together([(own) => checkServer(own, target), (own) => checkNamespace(own, target)]);
    if (!part.results.some(({ check, status }) => check === 'namespace' && status === 'problem')) {
      const attributes = await checkAttributes(part, target);
      await checkVisibility(part, target, attributes);
    }
  } finally {
    await connection.close();
  }
  return part.results;
}

async function checkServer(part: Part, target: TemporalTarget): Promise<void> {
  const { connection, flags, ask } = target;
  try {
    const { serverVersion } = await ask(() => connection.workflowService.getSystemInfo({}));
    part.ok('server', `Temporal ${serverVersion || 'of unknown version'} at ${flags.address}`);
  } catch (error) {
    const { message, fix } = refusal(error, target);
    part.problem('server', message, fix);
  }
}

async function checkNamespace(part: Part, target: TemporalTarget): Promise<void> {
  const { connection, ask } = target;
  const { namespace } = target.flags;
  try {
    const { namespaceInfo } = await ask(() => connection.workflowService.describeNamespace({ namespace }));
    if (namespaceInfo?.state === REGISTERED) part.ok('namespace', `namespace "${namespace}" is registered`);
    else part.warning('namespace', `namespace "${namespace}" is deprecated or deleted`, 'Choose another: --namespace.');
    checkLimits(part, Number(namespaceInfo?.limits?.blobSizeLimitError ?? 0));
  } catch (error) {
    const { message, fix } = refusal(error, target);
    part.problem('namespace', message, fix);
  }
}

/** Servers announce it from 1.31 on; thresholds of findings are made for the default. */
function checkLimits(part: Part, payloadLimit: number): void {
  if (payloadLimit === 0) {
    const usual = readableBytes(PAYLOAD_LIMIT_BYTES);
    part.ok('limits', `the namespace announces no limits; payloads are judged by the server's default, ${usual}`);
  } else if (payloadLimit < PAYLOAD_LIMIT_BYTES) {
    part.warning(
      'limits',
      `payloads over ${readableBytes(payloadLimit)} are refused, less than the default of ${readableBytes(PAYLOAD_LIMIT_BYTES)}`,
      'Store large payloads outside of history: docs/claim-check.md.',
    );
  } else part.ok('limits', `payloads up to ${readableBytes(payloadLimit)}`);
}
