import type { Json } from '../conversation';
import type { Fault } from '../faults';

const TYPES: Readonly<Record<number, readonly [type: string, code: string | null]>> = {
  400: ['invalid_request_error', null],
  401: ['invalid_request_error', 'invalid_api_key'],
  404: ['invalid_request_error', 'model_not_found'],
  429: ['requests', 'rate_limit_exceeded'],
};

/** Error body of OpenAI's API, the same for all its endpoints. */
export function openAiErrorBody(fault: Fault & { readonly status: number }): Json {
  const [type, code] = TYPES[fault.status] ?? ['server_error', null];
  const own = fault.code === 'insufficient_quota' ? fault.code : type;
  return {
    error: {
      message: fault.message ?? `Played error ${fault.status}.`,
      type: own,
      param: null,
      code: fault.code ?? code,
    },
  };
}
