import type { ActivityObservation } from '../activity/observation';

/** What an error's type may look like; anything else could be a message. */
const IDENTIFIER = /^[\w.$:-]{1,64}$/;

/** Value of `error.type`, when the attempt failed. */
export function errorTypeOf({ outcome, errorInfo, error }: ActivityObservation): string | undefined {
  // A refusal is a failure only where it was thrown; a response can tell an error that was not.
  const failed = error !== undefined || outcome === 'error' || outcome === 'timeout' || outcome === 'cancelled';
  if (!failed) {
    return undefined;
  }
  if (errorInfo !== undefined && errorInfo.type !== '_OTHER') {
    return errorInfo.type;
  }
  // Temporal's ApplicationFailure names its class in `type`: its `name` is the same for all.
  const named = (error ?? {}) as { type?: unknown; name?: unknown };
  const type = [named.type, named.name].find((name) => typeof name === 'string' && IDENTIFIER.test(name));
  return typeof type === 'string' ? type : '_OTHER';
}
