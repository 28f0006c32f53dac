/**
 * Loaded before the exporter: answers what the process has used so far, when its parent asks.
 *
 * @module
 */

process.on('message', () => {
  const before = process.cpuUsage();
  // What is left is what the exporter keeps, and not what it happened to leave to the next collection.
  globalThis.gc?.();
  const { heapUsed, rss } = process.memoryUsage();
  const after = process.cpuUsage();
  process.send?.({
    cpuMs: milliseconds(before),
    /** With the collection, which is not the exporter's. */
    cpuAfterMs: milliseconds(after),
    rssBytes: rss,
    heapBytes: heapUsed,
  });
});
// The exporter does not live longer for being asked.
process.channel?.unref();

/** @param {NodeJS.CpuUsage} usage */
function milliseconds({ user, system }) {
  return (user + system) / 1000;
}
