/**
 * Puts task type, ids and start of a task on everything that starts a workflow: always as a header, and as search
 * attributes where they are verified.
 *
 * @module
 */

import type { CreateScheduleInput, ScheduleClientInterceptor, WorkflowClientInterceptor } from '@temporalio/client';
import {
  defineSearchAttributeKey,
  type Headers,
  type SearchAttributePair,
  TypedSearchAttributes,
} from '@temporalio/common';
import { optionalTsToMs } from '@temporalio/common/lib/time';
import { type AgentIdentity, MAX_STARTED_AT, withAgentHeader } from '../definitions/agent-header';
import { defined } from '../definitions/defined';
import { keywordValue } from '../definitions/keyword';
import type { SearchAttributeName } from '../definitions/search-attributes';
import { currentAgentTask } from './agent-task';

export interface StartNamingOptions {
  readonly namespace: string;
  /** Names where neither {@link withAgentTask} nor the running activity says otherwise. */
  readonly defaults: AgentIdentity;
  /** Task type by workflow type. */
  readonly taskTypes: Readonly<Record<string, string>>;
  /** Whether starts of this workflow type are named at all. */
  includes(workflowType: string): boolean;
  /** Ids of the agent on whose behalf code runs right now, if any. */
  inherited(): AgentIdentity;
  /** Attributes that the namespace has with the right type. Never rejects. */
  verified(namespace: string): Promise<ReadonlySet<string>>;
  onError(error: unknown): void;
}

/** What matters of a start's options, as Temporal's client gives them to interceptors. */
interface StartOptions {
  readonly startDelay?: Parameters<typeof optionalTsToMs>[0];
  readonly cronSchedule?: string;
  /** The deprecated form beside the typed one. */
  readonly searchAttributes?: Record<string, unknown>;
  readonly typedSearchAttributes?: TypedSearchAttributes | SearchAttributePair[];
}

interface NamedStart {
  readonly headers: Headers;
  /** Laid over the start's options. */
  readonly attributes: { readonly typedSearchAttributes?: SearchAttributePair[] };
}

/** Interceptor for a `WorkflowClient`. Serves current SDKs and those that know only the deprecated `start`. */
export function workflowStartInterceptor(naming: StartNamingOptions): WorkflowClientInterceptor {
  return {
    async start(input, next) {
      const { headers, attributes } = await nameStart(naming, input.workflowType, input.headers, input.options);
      return next({ ...input, headers, options: { ...input.options, ...attributes } });
    },

    async startWithDetails(input, next) {
      const { headers, attributes } = await nameStart(naming, input.workflowType, input.headers, input.options);
      return next({ ...input, headers, options: { ...input.options, ...attributes } });
    },

    async signalWithStart(input, next) {
      const { headers, attributes } = await nameStart(naming, input.workflowType, input.headers, input.options);
      return next({ ...input, headers, options: { ...input.options, ...attributes } });
    },

    async startUpdateWithStart(input, next) {
      const { workflowType, workflowStartHeaders, workflowStartOptions } = input;
      const { headers, attributes } = await nameStart(naming, workflowType, workflowStartHeaders, workflowStartOptions);
      return next({
        ...input,
        workflowStartHeaders: headers,
        workflowStartOptions: { ...workflowStartOptions, ...attributes },
      });
    },
  };
}

/** Interceptor for a `ScheduleClient`. A task starts when the schedule fires, so its start is left to the workflow. */
export function scheduleStartInterceptor(naming: StartNamingOptions): ScheduleClientInterceptor {
  return {
    async create(input: CreateScheduleInput, next) {
      const { action } = input.options;
      const { headers, attributes } = await nameStart(naming, action.workflowType, input.headers, action, 'later');
      return next({ ...input, headers, options: { ...input.options, action: { ...action, ...attributes } } });
    },
  };
}

async function nameStart(
  naming: StartNamingOptions,
  workflowType: string,
  headers: Headers,
  options: StartOptions,
  starts: 'now' | 'later' = 'now',
): Promise<NamedStart> {
  try {
    if (!naming.includes(workflowType)) return { headers, attributes: {} };
    const named: AgentIdentity = {
      ...naming.defaults,
      ...defined({
        taskType: Object.hasOwn(naming.taskTypes, workflowType) ? naming.taskTypes[workflowType] : undefined,
      }),
      ...naming.inherited(),
      ...currentAgentTask(),
    };
    const startedAt = starts === 'now' ? startOf(options) : undefined;
    const verified = await naming.verified(naming.namespace);
    const pairs = startPairs({ ...named, taskType: named.taskType ?? workflowType }, startedAt).filter(
      ({ key }) => verified.has(key.name) && !carries(options, key.name),
    );
    const own = options.typedSearchAttributes;
    const existing = own instanceof TypedSearchAttributes ? own.getAll() : (own ?? []);
    return {
      headers: withAgentHeader(headers, defined({ ...named, startedAt })),
      attributes: pairs.length === 0 ? {} : { typedSearchAttributes: [...existing, ...pairs] },
    };
  } catch (error) {
    naming.onError(error);
    return { headers, attributes: {} };
  }
}

/** When the run may start; unknown for one that starts again and again. */
function startOf({ startDelay, cronSchedule }: StartOptions): number | undefined {
  if (cronSchedule) return undefined;
  const startedAt = Date.now() + (optionalTsToMs(startDelay) ?? 0);
  return startedAt <= MAX_STARTED_AT ? startedAt : undefined;
}

function startPairs(identity: AgentIdentity, startedAt: number | undefined): SearchAttributePair[] {
  const keyword = (name: SearchAttributeName, value: string | undefined): SearchAttributePair[] => {
    const stored = keywordValue(value);
    return stored === undefined ? [] : [{ key: defineSearchAttributeKey(name, 'KEYWORD'), value: stored }];
  };
  const started: SearchAttributePair[] =
    startedAt === undefined
      ? []
      : [
          {
            key: defineSearchAttributeKey('AgentTaskStartedAt' satisfies SearchAttributeName, 'DATETIME'),
            value: new Date(startedAt),
          },
        ];
  return [
    ...keyword('AgentTaskType', identity.taskType),
    ...keyword('AgentTaskId', identity.taskId),
    ...keyword('AgentSessionId', identity.sessionId),
    ...started,
  ];
}

/** The user's own value for one of our keys stands. */
function carries({ searchAttributes, typedSearchAttributes }: StartOptions, name: string): boolean {
  if (searchAttributes !== undefined && Object.hasOwn(searchAttributes, name)) return true;
  const typed =
    typedSearchAttributes instanceof TypedSearchAttributes ? typedSearchAttributes.getAll() : typedSearchAttributes;
  return typed?.some(({ key }) => key.name === name) ?? false;
}
