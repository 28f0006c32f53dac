/**
 * Reads what Core logs about workflow tasks that fail.
 *
 * @module
 */

import type { LogMetadata } from '@temporalio/common';
import { SdkComponent } from '@temporalio/common';

/** A workflow task that Core failed. */
export interface FailedTask {
  /** `undefined` where Core fails the whole run. */
  readonly runId: string | undefined;
  readonly message: string;
  readonly stack: string;
  /** Whether the worker itself refused the payloads of the task's completion. */
  readonly isPayloadRefusal: boolean;
}

/** A payload that the worker refuses to send: its size, and the limit that the server announces, in bytes. */
export interface RefusedPayload {
  readonly size: number;
  readonly limit: number;
}

const FAILING = new Set(['Failing workflow task', 'Failing workflow due to nondeterminism error']);

/** Core writes failures as Rust prints values for debugging. */
const FIELD = { message: stringField('message'), stack: stringField('stack_trace') };

export function readFailedTask(message: string, meta: LogMetadata | undefined): FailedTask | undefined {
  if (!FAILING.has(message) || !isFromCore(meta)) return undefined;
  const { runId, failure } = meta;
  if (typeof failure !== 'string') return undefined;
  return {
    runId: typeof runId === 'string' ? runId : undefined,
    message: unescaped(FIELD.message.exec(failure)?.[1]),
    stack: unescaped(FIELD.stack.exec(failure)?.[1]),
    isPayloadRefusal: /\bforce_cause: PayloadsTooLarge\b/.test(failure),
  };
}

export function readRefusedPayload(
  level: string,
  message: string,
  meta: LogMetadata | undefined,
): RefusedPayload | undefined {
  if (level !== 'ERROR' || !message.startsWith('[TMPRL1103]') || !isFromCore(meta)) return undefined;
  const { size, limit } = meta;
  return typeof size === 'number' && typeof limit === 'number' ? { size, limit } : undefined;
}

function isFromCore(meta: LogMetadata | undefined): meta is LogMetadata {
  return meta?.sdkComponent === SdkComponent.core;
}

function stringField(name: string): RegExp {
  return new RegExp(`\\b${name}: "((?:[^"\\\\]|\\\\.)*)"`);
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', '0': '\0' };

function unescaped(text = ''): string {
  return text.replace(/\\(?:u\{([0-9a-f]{1,6})\}|(.))/gs, (_, code?: string, character = '') =>
    code === undefined ? (ESCAPES[character] ?? character) : String.fromCodePoint(Number.parseInt(code, 16)),
  );
}
