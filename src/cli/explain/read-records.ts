import type { Finding } from '../../definitions/findings';
import type { RecordedAttempt } from './recorded-attempt';

export interface RecordsRequest {
  readonly directory: string;
  readonly namespace: string;
  readonly workflowId: string;
  readonly runIds: readonly string[];
}

export interface RunRecords {
  readonly records: readonly RecordedAttempt[];
  readonly findings: readonly Finding[];
  readonly notes: readonly string[];
}

export async function readRecords(_request: RecordsRequest): Promise<RunRecords> {
  return { records: [], findings: [], notes: [] };
}
