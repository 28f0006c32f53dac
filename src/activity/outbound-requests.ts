/**
 * Which HTTP requests an activity attempt sends, through Node's diagnostics channels: those of `fetch` and undici, and those
 * of `node:http` and `node:https`. A request is published in the async context of whoever sends it, where Temporal keeps the
 * attempt's own context; its response is not, and is found by the request.
 *
 * Not seen: HTTP/2 sessions of `node:http2`, requests of child processes and other threads, and who sent a request that
 * waited for a place in a pool with a fixed number of connections.
 *
 * @module
 */

import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { errorMonitor } from 'node:events';
import type { ClientRequest, IncomingMessage } from 'node:http';
import { asyncLocalStorage, type Context } from '@temporalio/activity';
import { readHttpRequest } from './requests/http-request';
import type { OnResponse, OutboundRequest, RequestFollower, ResponseStatus } from './requests/outbound-request';
import { readUndiciRequest, type UndiciRequest } from './requests/undici-request';

/** A request under way. */
interface Exchange {
  readonly follower: RequestFollower;
  readonly onResponse: OnResponse;
}

const followers = new WeakMap<Context, RequestFollower>();
const exchanges = new WeakMap<object, Exchange>();

/** Tells a follower of every request that an attempt sends, while somebody {@link watchOutboundRequests watches}. */
export function followRequests(activity: Context, follower: RequestFollower): void {
  followers.set(activity, follower);
}

/** What the attempt leaves behind is not its own any more. */
export function unfollowRequests(activity: Context): void {
  followers.delete(activity);
}

/** An error that a subscriber throws would end the process. */
function begin<R extends object>(request: R, read: (request: R) => OutboundRequest): boolean {
  const activity = asyncLocalStorage.getStore();
  const follower = activity && followers.get(activity);
  if (follower === undefined) return false;
  try {
    const onResponse = follower.begin(read(request));
    if (onResponse === undefined) return false;
    exchanges.set(request, { follower, onResponse });
    return true;
  } catch (error) {
    follower.report(error);
    return false;
  }
}

function end(request: object, status: ResponseStatus): void {
  const exchange = exchanges.get(request);
  if (exchange === undefined) return;
  exchanges.delete(request);
  try {
    exchange.onResponse(status);
  } catch (error) {
    exchange.follower.report(error);
  }
}

interface UndiciMessage {
  readonly request: UndiciRequest;
  readonly response?: { readonly statusCode: number };
}

interface HttpMessage {
  readonly request: ClientRequest;
  readonly response?: IncomingMessage;
}

const CHANNELS: Readonly<Record<string, (message: unknown) => void>> = {
  'undici:request:create'(message) {
    begin((message as UndiciMessage).request, readUndiciRequest);
  },
  'undici:request:headers'(message) {
    const { request, response } = message as UndiciMessage;
    // Informational responses come before the real one.
    if (response !== undefined && response.statusCode >= 200) end(request, response.statusCode);
  },
  'undici:request:error'(message) {
    end((message as UndiciMessage).request, undefined);
  },
  'http.client.request.start'(message) {
    const { request } = message as HttpMessage;
    // Node 20.3 has no channel for errors. A monitor leaves them unhandled where nobody handles them.
    if (begin(request, readHttpRequest)) request.once(errorMonitor, () => end(request, undefined));
  },
  'http.client.response.finish'(message) {
    const { request, response } = message as HttpMessage;
    end(request, response?.statusCode);
  },
};

let watchers = 0;

/** Listens to the channels until the returned function is called; once in a process, however many watch. */
export function watchOutboundRequests(): () => void {
  if (watchers++ === 0) for (const [name, listener] of Object.entries(CHANNELS)) subscribe(name, listener);
  let watching = true;
  return () => {
    if (!watching) return;
    watching = false;
    if (--watchers === 0) for (const [name, listener] of Object.entries(CHANNELS)) unsubscribe(name, listener);
  };
}
