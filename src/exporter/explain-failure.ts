import { GRPC } from '../client/grpc-status';
import { RequestFailed } from './request-failed';

/** What the exporter must be allowed to do in a namespace, by Temporal's API methods. */
const NEEDED = [
  'CountWorkflowExecutions',
  'ListWorkflowExecutions',
  'ListSearchAttributes',
  'DescribeNamespace',
  'DescribeWorkflowExecution',
  'GetWorkflowExecutionHistoryReverse',
].join(', ');

/** One sentence on what went wrong and what to do about it. */
export function explainFailure(error: unknown, namespace: string): string {
  const detail = error instanceof Error ? error.message : String(error);
  if (!(error instanceof RequestFailed)) return detail;
  switch (error.code) {
    case GRPC.permissionDenied:
    case GRPC.unauthenticated:
      return `Temporal refused ${detail}. The exporter's API key or certificate needs to read namespace "${namespace}": ${NEEDED}`;
    case GRPC.unavailable:
    case GRPC.deadlineExceeded:
      return `Temporal did not answer ${detail}. Check that the server runs and can be reached`;
    case GRPC.resourceExhausted:
      return `Temporal limits the requests of namespace "${namespace}": ${detail}. Raise its limit (frontend.namespaceRPS.visibility), or poll less often`;
    case GRPC.notFound:
      return `${detail}. Check the name of namespace "${namespace}"`;
    default:
      return detail;
  }
}
