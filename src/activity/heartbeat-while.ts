/**
 * Heartbeats for work that has no moments of its own to send them: one long request to a model.
 *
 * @module
 */

import { asyncLocalStorage, type Context } from '@temporalio/activity';
import { IllegalStateError } from '@temporalio/common';
import { func, known, number } from '../definitions/option-checks';
import { cancellationBehind } from './cancellation';

/** Several heartbeats in a timeout, so that a late one does no harm. */
const HEARTBEATS_PER_TIMEOUT = 3;

/** Longest time that a timer of Node can wait; a longer one fires at once. */
const MAX_TIMER_MS = 2 ** 31 - 1;

export interface HeartbeatWhileOptions {
  /**
   * Details of each heartbeat, which the next attempt finds in `activityInfo().heartbeatDetails`: a value, or a function
   * that is asked each time. Default: none. A heartbeat without details takes away those of one before, so an activity that
   * also sends heartbeats with details should give the same here.
   */
  readonly details?: unknown;
  /** Milliseconds between heartbeats, at most a third of the activity's `heartbeatTimeout`. Default: that third. */
  readonly intervalMs?: number;
}

/**
 * Runs work and heartbeats until it settles, so that Temporal notices within the activity's `heartbeatTimeout` when the
 * worker is gone, and the activity notices when it is cancelled. The first heartbeat is sent at once.
 *
 * Cancellation comes through the signal, which is the activity's own: pass it to the client of the model, so that a request
 * which nobody waits for ends. The work then rejects with whatever its client throws for an aborted request, and this
 * function with the `CancelledFailure` by which the activity ends as cancelled. Work that goes on regardless is waited for,
 * and what it returns counts. An activity that was cancelled before does not begin the work.
 *
 * Heartbeats tell that the worker lives, not that the provider answers: that is for `startToCloseTimeout` to bound.
 *
 * Without a `heartbeatTimeout`, and in local activities, no heartbeats are sent; cancellation is passed on all the same,
 * though without heartbeats it reaches only local activities and those of a worker that shuts down.
 *
 * @param work - Gets the signal of the activity's cancellation and returns a promise.
 * @returns what the work returns.
 * @throws TypeError or RangeError, at once, when an option is wrong; IllegalStateError, at once, outside of an activity
 *
 * @example
 * ```ts
 * export async function callModel(request: ChatRequest) {
 *   return await heartbeatWhile((signal) => openai.chat.completions.create(request, { signal }));
 * }
 * ```
 */
export function heartbeatWhile<T>(
  work: (signal: AbortSignal) => PromiseLike<T> | T,
  options: HeartbeatWhileOptions = {},
): Promise<T> {
  func('heartbeatWhile', work);
  known('heartbeatWhile', options, ['details', 'intervalMs']);
  const { intervalMs } = options;
  if (intervalMs !== undefined) number('intervalMs', intervalMs, { above: 0 });
  const activity = asyncLocalStorage.getStore();
  if (activity === undefined) throw new IllegalStateError('heartbeatWhile works in activities only');
  return run(activity, work, options);
}

async function run<T>(
  activity: Context,
  work: (signal: AbortSignal) => PromiseLike<T> | T,
  options: HeartbeatWhileOptions,
): Promise<T> {
  const { cancellationSignal: signal } = activity;
  // Rejects with the signal's reason, which is Temporal's own failure.
  signal.throwIfAborted();
  const stop = startHeartbeats(activity, options);
  try {
    return await work(signal);
  } catch (error) {
    throw cancellationBehind(error, activity) ?? error;
  } finally {
    stop();
  }
}

function startHeartbeats(activity: Context, { details, intervalMs = MAX_TIMER_MS }: HeartbeatWhileOptions): () => void {
  const { heartbeatTimeoutMs = 0, isLocal } = activity.info;
  if (isLocal || heartbeatTimeoutMs <= 0) return () => {};
  let latest: unknown;
  let warned = false;
  const beat = () => {
    try {
      latest = typeof details === 'function' ? details() : details;
    } catch (error) {
      // In a timer it would end the process, and a call that was paid for is worth more than details of a heartbeat.
      if (!warned) activity.log.warn('heartbeatWhile: details() failed; heartbeats keep the details before', { error });
      warned = true;
    }
    activity.heartbeat(latest);
  };
  beat();
  const timer = setInterval(beat, Math.min(intervalMs, heartbeatTimeoutMs / HEARTBEATS_PER_TIMEOUT, MAX_TIMER_MS));
  timer.unref();
  return () => clearInterval(timer);
}
