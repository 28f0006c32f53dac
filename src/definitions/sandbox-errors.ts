/**
 * Recognises errors of workflow code that reached for what the workflow sandbox does not have: the network, the process,
 * timers and modules of Node. Such an error fails the workflow task, which Temporal retries until the code changes.
 *
 * Source: `injectGlobals` of `@temporalio/worker` for what the sandbox has, `global-overrides` of `@temporalio/workflow`
 * for what it refuses.
 *
 * @module
 */

import type { Detection } from './finding';

/** Globals of Node that are not there. */
const MISSING =
  'fetch|Headers|Request|Response|FormData|WebSocket|EventSource|XMLHttpRequest|process|Buffer|require|performance|crypto|' +
  '(?:set|clear)(?:Immediate|Interval)|structuredClone|Blob|File|(?:Readable|Writable|Transform)Stream|' +
  'MessageChannel|BroadcastChannel|EventTarget|AbortSignal|navigator';

const UNDEFINED = new RegExp(`^\`?(${MISSING})\`? is not defined\\b`);
const NO_FUNCTION = new RegExp(`^(?:globalThis|global|window|self)\\.(${MISSING}) is not a function`);
/** Temporal refuses these by an error of its own. */
const REFUSED = /^(WeakRef|FinalizationRegistry) cannot be used in Workflows\b/;
/** A module of Node that was left out of the bundle by `ignoreModules`, as webpack names it. */
const LEFT_OUT =
  /(?<![\w$])(?:node_)?(https?|http2|net|tls|dns|dgram|fs|os|child_process|worker_threads|crypto|zlib|stream|timers|perf_hooks)(?:_promises)?__WEBPACK_IMPORTED_MODULE_\d+/;

const MAX_CAUSES = 4;
const MAX_FRAMES = 40;

export interface SandboxError {
  /** What is not there. */
  readonly api: string;
  readonly stack: string;
}

/** The sandboxed API that an error, or a cause of it, speaks of; `undefined` for any other error. */
export function readSandboxError(error: unknown): SandboxError | undefined {
  let current = error;
  for (let depth = 0; depth < MAX_CAUSES && typeof current === 'object' && current !== null; depth++) {
    const { message, stack, cause } = current as { message?: unknown; stack?: unknown; cause?: unknown };
    const api = typeof message === 'string' ? sandboxedApi(message) : undefined;
    if (api !== undefined) return { api, stack: typeof stack === 'string' ? stack : '' };
    current = cause;
  }
  return undefined;
}

function sandboxedApi(message: string): string | undefined {
  const [, name] = UNDEFINED.exec(message) ?? NO_FUNCTION.exec(message) ?? REFUSED.exec(message) ?? [];
  if (name !== undefined) return name;
  const [, module] = LEFT_OUT.exec(message) ?? [];
  return module === undefined ? undefined : `node:${module}`;
}

/** The finding for such an error, with the package and the place in the application's code that its stack names. */
export function sandboxErrorFinding({ api, stack }: SandboxError): Detection {
  const { package: name, place } = origin(stack);
  const where = [...(name === undefined ? [] : [`in ${name}`]), ...(place === undefined ? [] : [`from ${place}`])];
  const told = where.length === 0 ? '' : ` (${where.join(', ')})`;
  return {
    id: 'llm-in-workflow',
    message: `workflow code uses ${api}${told}, which its sandbox does not have; the workflow task fails until the code changes`,
    cause: api,
    evidence: { api, ...(name !== undefined && { package: name }), ...(place !== undefined && { importedBy: place }) },
  };
}

/** The first package of others and the first place in the application's own code. */
function origin(stack: string): { readonly package?: string; readonly place?: string } {
  const found: { package?: string; place?: string } = {};
  for (const line of stack.split('\n', MAX_FRAMES)) {
    const [, location] = /^\s+at (?:.*\()?(.+?:\d+):\d+\)?$/.exec(line) ?? [];
    if (location === undefined || /^(?:node:|webpack\/|evalmachine)/.test(location)) continue;
    const [, name] = /.*[\\/]node_modules[\\/]((?:@[^\\/]+[\\/])?[^\\/]+)/.exec(location) ?? [];
    if (name === undefined) found.place ??= location;
    else if (!name.startsWith('@temporalio')) found.package ??= name.replace('\\', '/');
    if (found.place !== undefined) break;
  }
  return found;
}
