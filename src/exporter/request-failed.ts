import { GRPC, grpcCode } from '../client/grpc-status';
import type { ExporterQuery } from '../definitions/exporter-queries';

/** Answers that can be what one wanted to know: that a run is gone, or that the server has no such attribute. */
const ANSWERS: readonly (number | undefined)[] = [GRPC.invalidArgument, GRPC.notFound];

/** A request that Temporal did not serve. Its `cause` is the ServiceError. */
export class RequestFailed extends Error {
  override readonly name = 'RequestFailed';
  /** gRPC status; `undefined` where the request did not even get that far. */
  readonly code: number | undefined;

  constructor(
    readonly query: ExporterQuery,
    /** Of Temporal's API, which is also what permissions are given for. */
    readonly method: string,
    cause: unknown,
  ) {
    super(`${method}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
    this.code = grpcCode(cause);
  }

  /** Whether it counts as a failure wherever it happens; other ones do when nobody expects them. */
  get isCounted(): boolean {
    return !ANSWERS.includes(this.code);
  }
}
