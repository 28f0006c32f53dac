import { readFileSync } from 'node:fs';

const SCHEDSTAT = `/proc/self/task/${process.pid}/schedstat`;

/**
 * CPU time, and not time on the clock: on a machine that has other things to do, the clock also runs while the benchmark
 * waits for its turn.
 */
export function processCpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** CPU time of the main thread alone: what the event loop cannot give to others. */
export const mainThreadCpuMs: () => number = hasSchedstat() ? readSchedstat : processCpuMs;

/** The first field is the time on a CPU in nanoseconds (Linux, Documentation/scheduler/sched-stats). */
function readSchedstat(): number {
  return Number.parseInt(readFileSync(SCHEDSTAT, 'latin1'), 10) / 1e6;
}

/** Linux only; elsewhere the threads of V8 and libuv count too. */
function hasSchedstat(): boolean {
  try {
    return readSchedstat() > 0;
  } catch {
    return false;
  }
}
