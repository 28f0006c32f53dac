/**
 * What travels in the header {@link AGENT_HEADER}: to activities, to children (ids only) and to the next run of a task
 * (everything). It carries ids and counts, never content.
 *
 * @module
 */

import type { Headers } from '@temporalio/common';
import { defined } from './defined';
import { fromJsonPayload, toJsonPayload } from './json-payload';
import { AGENT_HEADER } from './wire';

/** Who the agent works for. */
export interface AgentIdentity {
  /** Kind of work, for example `research`. Keep the set small: it becomes a metric label. */
  readonly taskType?: string | undefined;
  /** The application's id of the piece of work. */
  readonly taskId?: string | undefined;
  /** The application's id of the user's session. */
  readonly sessionId?: string | undefined;
}

export interface AgentHeader extends AgentIdentity {
  /** When the task started, or may start, in milliseconds since the epoch. */
  readonly startedAt?: number | undefined;
  readonly iteration?: number | undefined;
  readonly tokens?: number | undefined;
  readonly model?: string | undefined;
  readonly lastTool?: string | undefined;
  /** Activity types known to return model results; carried on so that they are not taken for tools again. */
  readonly modelActivities?: readonly string[] | undefined;
  /** Findings that the workflow allowed; they are not reported for what it runs. */
  readonly allowed?: readonly string[] | undefined;
  /** Approvals of the run before, in the form of `src/workflow/approvals/carried-book.ts`. */
  readonly approvals?: object | undefined;
}

/** Longest id that travels, in characters; longer ones are no ids. */
const MAX_ID_CHARS = 1024;
/** Nothing that we write comes near it. */
const MAX_HEADER_BYTES = 256 * 1024;
const MAX_MODEL_ACTIVITIES = 16;
const MAX_ALLOWED = 64;
/** Latest start that every visibility store takes: 2200-01-01, in milliseconds. */
export const MAX_STARTED_AT = 7_258_118_400_000;

export function withAgentHeader(headers: Headers, header: AgentHeader): Headers {
  return { ...headers, [AGENT_HEADER]: toJsonPayload(header) };
}

/** Reads the header; what is missing or malformed is left out. */
export function readAgentHeader(headers: Headers | undefined): AgentHeader {
  let value: unknown;
  try {
    value = fromJsonPayload(headers?.[AGENT_HEADER], MAX_HEADER_BYTES);
  } catch {
    return {};
  }
  return typeof value === 'object' && value !== null ? sanitise(value as Record<string, unknown>) : {};
}

/** The usable names of an identity; what is no id (empty, too long, of another type) is left out. */
export function usableIdentity(value: { [K in keyof AgentIdentity]: unknown }): AgentIdentity {
  return defined({ taskType: text(value.taskType), taskId: text(value.taskId), sessionId: text(value.sessionId) });
}

function sanitise(value: Record<string, unknown>): AgentHeader {
  return {
    taskType: text(value.taskType),
    taskId: text(value.taskId),
    sessionId: text(value.sessionId),
    startedAt: count(value.startedAt, MAX_STARTED_AT),
    iteration: count(value.iteration),
    tokens: count(value.tokens),
    model: text(value.model),
    lastTool: text(value.lastTool),
    modelActivities: texts(value.modelActivities, MAX_MODEL_ACTIVITIES),
    allowed: texts(value.allowed, MAX_ALLOWED),
    approvals: typeof value.approvals === 'object' ? (value.approvals ?? undefined) : undefined,
  };
}

function texts(value: unknown, max: number): readonly string[] | undefined {
  if (!Array.isArray(value)) return undefined;
  return (value as readonly string[]).filter((item) => text(item) !== undefined).slice(0, max);
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' && value.length <= MAX_ID_CHARS ? value : undefined;
}

function count(value: unknown, max = Number.MAX_SAFE_INTEGER): number | undefined {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 && value <= max ? value : undefined;
}
