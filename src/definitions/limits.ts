/**
 * Limits of Temporal that kill or silently loop a run, and bounds of our own.
 *
 * Temporal's figures are the server's defaults (`common/dynamicconfig/constants.go`) and those of the TypeScript SDK's
 * payload limits; a self-hosted server can be configured otherwise.
 *
 * @module
 */

const KIB = 1024;
const MIB = 1024 * KIB;

/** Payload size at which the server and the SDK begin to warn, in bytes. */
export const PAYLOAD_WARN_BYTES = 512 * KIB;

/** Payload size at which a command or result is refused, in bytes. */
export const PAYLOAD_LIMIT_BYTES = 2 * MIB;

/**
 * Size of what one workflow task adds to history at which the server terminates the run, in bytes: `system.transactionSizeLimit`,
 * and the largest gRPC message that it takes.
 */
export const TRANSACTION_LIMIT_BYTES = 4 * MIB;

/** Size of the inputs in one workflow task from which on they are said to be near {@link TRANSACTION_LIMIT_BYTES}. */
export const TRANSACTION_WARN_BYTES = 3 * MIB;

/** Longest Keyword value that SQL visibility stores, in characters. */
export const KEYWORD_MAX_CHARS = 255;

/** Largest result that the sandbox decodes to follow an agent's state, in bytes. */
export const SANDBOX_DECODE_MAX_BYTES = 256 * KIB;

/** Longest that any work of ours may hold the event loop, in milliseconds. */
export const EVENT_LOOP_BUDGET_MS = 30;

/** How long a verified set of search attributes is trusted by clients, in milliseconds. */
export const SEARCH_ATTRIBUTE_CACHE_MS = 5 * 60_000;

/** How long shutdown waits for spool and telemetry to drain, in milliseconds. */
export const SHUTDOWN_FLUSH_MS = 10_000;

/** Distinct values that one label of one metric takes; further ones become `other`. */
export const METRIC_LABEL_VALUES_MAX = 100;

/**
 * Label sets that one metric takes; in further ones every label but the namespace becomes `other`. A scrape turns them
 * into text at once, which for a histogram of this size takes about {@link EVENT_LOOP_BUDGET_MS}.
 */
export const METRIC_SERIES_MAX = 1000;

/** Longest label value, in UTF-16 units; longer ones keep a prefix and a hash. */
export const METRIC_LABEL_MAX_CHARS = 128;
