import type { LlmErrorType } from '../types';
import type { LlmErrorReader } from './error-fields';
import { prop, text } from './error-fields';
import { isRetryable } from './http-error';

/** Codes of Node's sockets and name resolution, and of undici, which is behind `fetch`. */
const CODES: Readonly<Record<string, LlmErrorType>> = {
  ECONNREFUSED: 'connection',
  ECONNRESET: 'connection',
  ECONNABORTED: 'connection',
  EPIPE: 'connection',
  ENOTFOUND: 'connection',
  EAI_AGAIN: 'connection',
  EHOSTUNREACH: 'connection',
  ENETUNREACH: 'connection',
  ERR_STREAM_PREMATURE_CLOSE: 'connection',
  UND_ERR_SOCKET: 'connection',
  ETIMEDOUT: 'timeout',
  ESOCKETTIMEDOUT: 'timeout',
  UND_ERR_CONNECT_TIMEOUT: 'timeout',
  UND_ERR_HEADERS_TIMEOUT: 'timeout',
  UND_ERR_BODY_TIMEOUT: 'timeout',
  UND_ERR_ABORTED: 'cancelled',
  ABORT_ERR: 'cancelled',
};

/** Type of an error by its code, or by that of the cause that `fetch failed` hides. */
export function networkErrorType(error: unknown): LlmErrorType | undefined {
  for (const candidate of [error, prop(error, 'cause')]) {
    const code = text(candidate, 'code');
    if (code !== undefined && Object.hasOwn(CODES, code)) return CODES[code];
  }
  return undefined;
}

/** Errors of the network under a client, which name no provider. */
export const networkErrors: LlmErrorReader = {
  read(error) {
    const name = text(error, 'name');
    const type = name === 'AbortError' ? 'cancelled' : name === 'TimeoutError' ? 'timeout' : networkErrorType(error);
    return type === undefined ? undefined : { type, retryable: isRetryable(type) };
  },
};
