/** What is known of a request when it is sent. Nothing of it leaves the process but the host. */
export interface OutboundRequest {
  /** Library that sends it; one may stand on the other. */
  readonly layer: 'undici' | 'http';
  readonly method: string;
  /** Name of the host in lower case, with the port where it is not the protocol's own. */
  readonly host: string;
  /** Without the query. */
  readonly path: string;
  /** Size of the body in bytes; `undefined` when it is not known beforehand. */
  readonly bodyBytes: number | undefined;
  header(name: string): string | undefined;
}

/** How a request ended: the status of the response that began, or `undefined` when there was none. */
export type ResponseStatus = number | undefined;

/** Takes the end of a request. */
export type OnResponse = (status: ResponseStatus) => void;

/** Follows the requests of one activity attempt. May throw: the error is counted and the request goes on. */
export interface RequestFollower {
  /** A request is sent. What is returned is told of its response, once; `undefined` to hear no more. */
  begin(request: OutboundRequest): OnResponse | undefined;
  report(error: unknown): void;
}

/** Splits what a client asks for into host and path; behind a plain HTTP proxy the path is a whole URL. */
export function addressOf(host: string, path: string): { readonly host: string; readonly path: string } {
  const whole = /^https?:\/\/([^/?#]*)([^?#]*)/i.exec(path);
  if (whole !== null) return { host: withoutUser(whole[1] ?? '').toLowerCase(), path: whole[2] || '/' };
  const query = path.indexOf('?');
  return { host: host.toLowerCase(), path: query < 0 ? path : path.slice(0, query) };
}

function withoutUser(authority: string): string {
  return authority.slice(authority.lastIndexOf('@') + 1);
}
