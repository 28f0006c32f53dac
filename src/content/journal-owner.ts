/**
 * Whose journal a file is, and whether that process still lives.
 *
 * @module
 */

import { createHash } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';

/** Owner of a journal whose process gave it up. */
export const NO_OWNER = 'free';

/** A living owner renews its files far more often than this; used where its process cannot be looked at. */
export const OWNER_SILENT_MS = 10 * 60_000;

const THIS_HOST = hostId();

/** Names this process: `<host>-<pid>-<start>`. A pid alone comes back after a restart, in containers at once. */
export const THIS_OWNER = `${THIS_HOST}-${process.pid}-${startOf(process.pid) ?? ''}`;

/**
 * Whether the process that owns a journal may still write to it. On the same host its pid and start time tell; for
 * another host, container or platform the age of the file does.
 */
export function isOwnerAlive(owner: string, renewedAtMs: number, now: number = Date.now()): boolean {
  if (owner === NO_OWNER) return false;
  if (owner === THIS_OWNER) return true;
  const [host, pidText, start] = owner.split('-');
  const isRecent = now - renewedAtMs < OWNER_SILENT_MS;
  if (host !== THIS_HOST) return isRecent;
  const pid = Number(pidText);
  if (!Number.isSafeInteger(pid) || pid <= 0 || !exists(pid)) return false;
  const startNow = startOf(pid);
  return startNow === undefined || start === '' ? isRecent : startNow === start;
}

/** Differs between machines, boots and containers, since pids of one mean nothing in another. */
function hostId(): string {
  const identity = [
    os.hostname(),
    attempt(() => fs.readFileSync('/proc/sys/kernel/random/boot_id', 'utf8')),
    attempt(() => fs.readlinkSync('/proc/self/ns/pid')),
  ];
  return createHash('sha256').update(identity.join('\n')).digest('hex').slice(0, 12);
}

/** Start of a process in clock ticks since boot, where the platform says it (Linux: field 22 of `/proc/<pid>/stat`). */
function startOf(pid: number): string | undefined {
  const stat = attempt(() => fs.readFileSync(`/proc/${pid}/stat`, 'utf8'));
  // The command name in field 2 may hold spaces and parentheses.
  return stat?.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
