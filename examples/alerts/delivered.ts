import { setTimeout as sleep } from 'node:timers/promises';
import type { AlertReceiver, Delivery } from '../monitoring/alert-receiver';

const POLL_MS = 100;

export interface AlertMatch {
  readonly status: 'firing' | 'resolved';
  readonly labels: Readonly<Record<string, string>>;
  /** Delivered after, in milliseconds since the epoch. */
  readonly after?: number;
}

/** Waits for a delivery; `undefined` when none came in time. */
export async function untilDelivered(
  receiver: AlertReceiver,
  match: AlertMatch,
  timeoutMs: number,
): Promise<Delivery | undefined> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const found = deliveries(receiver, match)[0];
    if (found !== undefined || Date.now() > deadline) return found;
    await sleep(POLL_MS);
  }
}

export function deliveries({ deliveries }: AlertReceiver, match: AlertMatch): readonly Delivery[] {
  const { status, labels, after = 0 } = match;
  return deliveries.filter(
    ({ alert, at }) =>
      alert.status === status &&
      at > after &&
      Object.entries(labels).every(([name, value]) => alert.labels[name] === value),
  );
}
