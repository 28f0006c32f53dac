/** Where workers serve metrics unless told otherwise. */
export const DEFAULT_WORKER_PORT = 9465;

/** Where the exporter serves metrics and its health unless told otherwise. */
export const DEFAULT_EXPORTER_PORT = 9466;
