import { grpcCode } from '../client/grpc-status';

export { grpcCode };

/** Exit codes of every command; scripts may rely on them. */
export const EXIT = {
  ok: 0,
  /** The command could not do its work. */
  failed: 1,
  /** Wrong arguments or options. */
  usage: 2,
  /** The Temporal server could not be reached. */
  unreachable: 3,
  /** The workflow or namespace does not exist. */
  notFound: 4,
  /** The server refused for lack of permission. */
  denied: 5,
  /** The workflow refused what it was asked for, for example a decision after the opposite one. */
  refused: 6,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** An error that is the user's to solve: printed as it is, without a stack. */
export class CliError extends Error {
  override readonly name = 'CliError';

  constructor(
    message: string,
    readonly exitCode: ExitCode,
    /** What to do about it. */
    readonly advice?: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

// gRPC status codes, which are a wire contract.
const NOT_FOUND = 5;
const PERMISSION_DENIED = 7;
const UNAVAILABLE = 14;
const UNAUTHENTICATED = 16;
const INVALID_ARGUMENT = 3;
const DEADLINE_EXCEEDED = 4;

export function isPermissionError(error: unknown): boolean {
  const code = grpcCode(error);
  return code === PERMISSION_DENIED || code === UNAUTHENTICATED;
}

export function isNotFoundError(error: unknown): boolean {
  return grpcCode(error) === NOT_FOUND;
}

/** Turns what a call to Temporal threw into an error that says what to do. */
export function explainServiceError(error: unknown, target: { address: string; namespace: string }): CliError {
  if (error instanceof CliError) return error;
  const { address, namespace } = target;
  const detail = error instanceof Error ? error.message : String(error);
  const cause = { cause: error };
  switch (grpcCode(error)) {
    case UNAVAILABLE:
    case DEADLINE_EXCEEDED:
      return unreachable(address, detail, error);
    case PERMISSION_DENIED:
    case UNAUTHENTICATED:
      return new CliError(
        `Temporal at ${address} refused access to namespace "${namespace}": ${detail}`,
        EXIT.denied,
        'Check --namespace and the API key (--api-key or TEMPORAL_API_KEY) or client certificate (TEMPORAL_TLS_CLIENT_CERT_PATH).',
        cause,
      );
    case NOT_FOUND:
      return new CliError(
        `Not found in namespace "${namespace}" at ${address}: ${detail}`,
        EXIT.notFound,
        'Check --namespace (TEMPORAL_NAMESPACE) and the ids.',
        cause,
      );
    case INVALID_ARGUMENT:
      return new CliError(`Temporal at ${address} did not accept the request: ${detail}`, EXIT.usage, undefined, cause);
    default:
      return new CliError(detail, EXIT.failed, undefined, cause);
  }
}

export function unreachable(address: string, detail: string, cause: unknown): CliError {
  return new CliError(
    `Temporal is not reachable at ${address}: ${detail}`,
    EXIT.unreachable,
    'Check --address (or TEMPORAL_ADDRESS) and that the server runs; a server with TLS needs --tls or --api-key. A local one: temporal server start-dev',
    { cause },
  );
}
