/**
 * Puts the plugin's interceptors on a client, once, and keeps all that is there.
 *
 * @module
 */

import { type ClientOptions, Connection, type WorkflowClientInterceptor } from '@temporalio/client';
import type { ExternalStorage } from '@temporalio/common';
import type { WorkerInterceptors } from '@temporalio/worker';
import { agentContext } from '../activity/agent-context';
import type { SearchAttributeConnection } from '../client/search-attribute-registry';
import {
  type StartNamingOptions,
  scheduleStartInterceptor,
  workflowStartInterceptor,
} from '../client/start-interceptor';
import { VerifiedSearchAttributes } from '../client/verified-search-attributes';
import { type WorkflowInput, workflowInputInterceptor } from '../client/workflow-input-interceptor';
import { measureJson } from '../content/measure-json';
import { defined } from '../definitions/defined';
import type { ReportError } from '../definitions/observer-parts';
import type { ResolvedOptions } from '../resolve-options';
import { includesWorkflow } from './gate';
import { inlineBytes } from './payload-findings';

type Interceptors = NonNullable<ClientOptions['interceptors']>;

/** What the client side needs of whoever observes. */
export interface ClientObserver {
  readonly report: ReportError;
  onWorkflowInput(namespace: string, input: WorkflowInput): void;
}

/** What a client's interceptors look at when they run. */
export interface ClientSurroundings {
  connection(): SearchAttributeConnection | undefined;
  externalStorage(): ExternalStorage | undefined;
}

const ours = new WeakSet<WorkflowClientInterceptor>();

/** Options of a `Client` with the plugin. */
export function configureObservedClient<T extends Omit<ClientOptions, 'plugins'>>(
  clientOptions: T,
  options: ResolvedOptions,
  observer: ClientObserver,
): T {
  if (options.mode === 'off' || isObserved(clientOptions.interceptors)) return clientOptions;
  // What the client would do itself; we need the connection too, to ask which search attributes it knows.
  const connection = clientOptions.connection ?? Connection.lazy();
  const namespace = clientOptions.namespace ?? 'default';
  const interceptors = observedInterceptors(clientOptions.interceptors, options, observer, namespace, {
    connection: () => connection,
    externalStorage: () => clientOptions.dataConverter?.externalStorage,
  });
  return { ...clientOptions, connection, interceptors };
}

/** Interceptors of the client that a worker gives to activities. */
export function observedWorkerClient(
  interceptors: WorkerInterceptors['client'],
  options: ResolvedOptions,
  observer: ClientObserver,
  namespace: string,
  surroundings: ClientSurroundings,
): Interceptors {
  if (options.mode === 'off' || isObserved(interceptors)) return interceptors ?? {};
  return observedInterceptors(interceptors, options, observer, namespace, surroundings);
}

function isObserved(interceptors: Interceptors | undefined): boolean {
  const workflow = interceptors?.workflow;
  // Old-style interceptors are made by factories; ours is known by the factory's answer being shared.
  const list = Array.isArray(workflow) ? workflow : (workflow?.calls ?? []);
  return list.some((item) => ours.has(item as WorkflowClientInterceptor));
}

function observedInterceptors(
  existing: Interceptors = {},
  options: ResolvedOptions,
  observer: ClientObserver,
  namespace: string,
  { connection, externalStorage }: ClientSurroundings,
): Interceptors {
  const naming = namingOf(options, observer, namespace, connection);
  const start = workflowStartInterceptor(naming);
  const input = workflowInputInterceptor({
    measure: (args) => {
      const bytes = measureJson(args)?.bytes;
      return defined({ bytes, inlineBytes: inlineBytes(args, bytes, externalStorage()) });
    },
    onInput: (measured) => observer.onWorkflowInput(namespace, measured),
    onError: (error) => observer.report('client', error),
  });
  return {
    ...existing,
    workflow: appendWorkflowInterceptors(existing.workflow, [start, input]),
    schedule: [...(existing.schedule ?? []), scheduleStartInterceptor(naming)],
  };
}

/** Old-style interceptors stay of that style: the SDK takes one or the other. */
function appendWorkflowInterceptors(
  existing: Interceptors['workflow'],
  added: readonly WorkflowClientInterceptor[],
): NonNullable<Interceptors['workflow']> {
  if (existing === undefined || Array.isArray(existing)) {
    for (const interceptor of added) ours.add(interceptor);
    return [...(existing ?? []), ...added];
  }
  const factories = added.map((interceptor) => () => interceptor);
  for (const factory of factories) ours.add(factory as unknown as WorkflowClientInterceptor);
  return { ...existing, calls: [...(existing.calls ?? []), ...factories] };
}

function namingOf(
  options: ResolvedOptions,
  observer: ClientObserver,
  namespace: string,
  connection: () => SearchAttributeConnection | undefined,
): StartNamingOptions {
  const onError = (error: unknown) => observer.report('client', error);
  const verified = new VerifiedSearchAttributes(connection, options.searchAttributes.keys, onError);
  return {
    namespace,
    defaults: options.correlation,
    taskTypes: options.taskTypes,
    includes: (workflowType) => includesWorkflow(options.workflows, workflowType),
    inherited: () => {
      const context = agentContext();
      return defined({ taskId: context?.taskId, sessionId: context?.sessionId });
    },
    // A run that is refused carries nothing, and so does its start.
    verified: async (ns) => (options.mode === 'on' ? await verified.names(ns) : new Set()),
    onError,
  };
}
