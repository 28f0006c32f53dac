/**
 * Loaded before the exporter: answers what the process has used so far, when its parent asks.
 *
 * @module
 */

process.on('message', () => {
  const { user, system } = process.cpuUsage();
  const { rss } = process.memoryUsage();
  // What is left is what the exporter keeps, and not what it happened to leave to the next collection.
  globalThis.gc?.();
  const { heapUsed } = process.memoryUsage();
  const after = process.cpuUsage();
  process.send?.({
    cpuMs: (user + system) / 1000,
    /** With the collection above, which is not the exporter's. */
    cpuAfterMs: (after.user + after.system) / 1000,
    rssBytes: rss,
    heapBytes: heapUsed,
  });
});
// The exporter does not live longer for being asked.
process.channel?.unref();
