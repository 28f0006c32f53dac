/**
 * Temporal's storage driver on a content store.
 *
 * @module
 */

import { webcrypto } from 'node:crypto';
import {
  type Payload,
  type StorageDriver,
  StorageDriverClaim,
  type StorageDriverRetrieveContext,
  type StorageDriverStoreContext,
  type StorageDriverTargetInfo,
} from '@temporalio/common';
import { CLAIM_CHECK_DRIVER } from '../definitions/wire';
import { type Claim, corruptFailure, malformedFailure, missingFailure, unavailableFailure } from './claim-failures';
import { isPayloadKey, payloadKey } from './keys';
import { decodePayload, encodePayload } from './payload-bytes';
import type { ContentStore } from './store';

/** Verbatim, awaited, and nothing of what recording does: no redaction, no size cap, no retention, no spool. */
export class ClaimCheckDriver implements StorageDriver {
  readonly name = CLAIM_CHECK_DRIVER;
  readonly type = CLAIM_CHECK_DRIVER;

  constructor(private readonly objects: ContentStore) {}

  store(context: StorageDriverStoreContext, payloads: Payload[]): Promise<StorageDriverClaim[]> {
    return Promise.all(payloads.map((payload) => this.storeOne(context, payload)));
  }

  retrieve(context: StorageDriverRetrieveContext, claims: StorageDriverClaim[]): Promise<Payload[]> {
    return Promise.all(claims.map((claim) => this.retrieveOne(context, claim)));
  }

  private async storeOne({ target, abortSignal }: StorageDriverStoreContext, payload: Payload) {
    const bytes = encodePayload(payload);
    const sha256 = await sha256Of(bytes);
    const key = payloadKey(target?.namespace ?? '', sha256);
    abortSignal?.throwIfAborted();
    try {
      await this.objects.put(key, bytes);
    } catch (error) {
      throw unavailableFailure('store', key, error);
    }
    return new StorageDriverClaim(claimData(key, sha256, bytes.length, target));
  }

  private async retrieveOne({ abortSignal }: StorageDriverRetrieveContext, claimed: StorageDriverClaim) {
    const claim = parseClaim(claimed.claimData);
    abortSignal?.throwIfAborted();
    let bytes: Uint8Array | undefined;
    try {
      bytes = await this.objects.get(claim.key);
    } catch (error) {
      throw unavailableFailure('read', claim.key, error);
    }
    if (bytes === undefined) throw missingFailure(claim, this.objects.payloadRetentionMs, Date.now());
    if (bytes.length !== claim.bytes || (await sha256Of(bytes)) !== claim.sha256) {
      throw corruptFailure(claim, bytes.length);
    }
    return decodePayload(bytes);
  }
}

/** Off the event loop: megabytes take milliseconds. */
async function sha256Of(bytes: Uint8Array): Promise<string> {
  return Buffer.from(await webcrypto.subtle.digest('SHA-256', bytes)).toString('hex');
}

/** Stands in histories: names are joined by others, never changed. */
function claimData(key: string, sha256: string, bytes: number, target: StorageDriverTargetInfo | undefined) {
  const data: Record<string, string> = {
    key,
    hashAlgorithm: 'sha256',
    hashValue: sha256,
    sizeBytes: String(bytes),
    storedAt: new Date().toISOString(),
  };
  if (target !== undefined) data.namespace = target.namespace;
  if (target?.kind === 'workflow') {
    const { id, runId, type } = target;
    if (id !== undefined) data.workflowId = id;
    if (runId !== undefined) data.runId = runId;
    if (type !== undefined) data.workflowType = type;
  }
  return data;
}

/** Whoever can start a workflow can make up a reference, so that it may lead to payloads and nothing else. */
function parseClaim(data: Readonly<Record<string, string>>): Claim {
  const { key, hashAlgorithm, hashValue, sizeBytes, storedAt, namespace, workflowId, runId, workflowType } = data;
  if (key === undefined || !isPayloadKey(key)) throw malformedFailure('it names no key of a payload');
  if (hashAlgorithm !== 'sha256' || hashValue === undefined) throw malformedFailure('it names no SHA-256 hash');
  const bytes = Number(sizeBytes);
  const storedAtMs = Date.parse(storedAt ?? '');
  if (!Number.isSafeInteger(bytes) || Number.isNaN(storedAtMs)) throw malformedFailure('it names no size or time');
  return {
    key,
    sha256: hashValue,
    bytes,
    storedAtMs,
    namespace,
    subject: {
      ...(workflowId !== undefined && { workflowId }),
      ...(runId !== undefined && { runId }),
      ...(workflowType !== undefined && { workflowType }),
    },
  };
}
