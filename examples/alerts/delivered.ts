import { setTimeout as sleep } from 'node:timers/promises';
import type { AlertReceiver, Delivery } from '../monitoring/alert-receiver';
import type { Monitoring } from '../monitoring/monitoring';

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

/**
 * Waits until all that was delivered is resolved: an alert that says one thing of several findings is several.
 *
 * @returns what is not
 */
export async function untilResolved(
  receiver: AlertReceiver,
  labels: AlertMatch['labels'],
  timeoutMs: number,
): Promise<readonly Delivery[]> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const resolved = new Set(
      deliveries(receiver, { status: 'resolved', labels }).map(({ alert }) => alert.fingerprint),
    );
    const firing = deliveries(receiver, { status: 'firing', labels });
    const rest = firing.filter(({ alert }) => !resolved.has(alert.fingerprint));
    if (rest.length === 0 || Date.now() > deadline) return rest;
    await sleep(POLL_MS);
  }
}

/**
 * Waits until alerts of a namespace have fired, delivered or held back.
 *
 * @returns those that have not
 */
export async function untilFired(
  monitoring: Monitoring,
  namespace: string,
  alerts: readonly string[],
  timeoutMs: number,
): Promise<readonly string[]> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const fired = (await monitoring.fired()).filter(({ temporal_namespace }) => temporal_namespace === namespace);
    const rest = alerts.filter((alert) => !fired.some(({ alertname }) => alertname === alert));
    if (rest.length === 0 || Date.now() > deadline) return rest;
    await sleep(POLL_MS * 10);
  }
}

/** Waits until no alert of a namespace fires, delivered or not; for an alert that stays, it gives up. */
export async function untilQuiet(monitoring: Monitoring, namespace: string, timeoutMs: number): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  const isFiring = async () =>
    (await monitoring.firing()).some(({ temporal_namespace }) => (temporal_namespace ?? namespace) === namespace);
  while ((await isFiring()) && Date.now() < deadline) await sleep(POLL_MS * 10);
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
