import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';

/** An alert as Alertmanager sends it to a webhook. */
export interface DeliveredAlert {
  readonly status: 'firing' | 'resolved';
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  /** When it began to fire, ISO 8601. */
  readonly startsAt: string;
  readonly fingerprint: string;
}

/** A notification that arrived, `at` in milliseconds since the epoch. */
export interface Delivery {
  readonly alert: DeliveredAlert;
  readonly at: number;
}

/** The webhook that alerts are delivered to. */
export class AlertReceiver {
  readonly deliveries: Delivery[] = [];
  readonly #server = createServer((request, response) => {
    this.#receive(request).then(
      () => response.end(),
      () => response.writeHead(400).end(),
    );
  });

  /** @param delivered - called for each alert of each notification */
  constructor(private readonly delivered?: (alert: DeliveredAlert) => void) {}

  async listen(): Promise<string> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/alerts`;
  }

  async close(): Promise<void> {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  async #receive(request: IncomingMessage): Promise<void> {
    const { alerts } = (await json(request)) as { alerts: readonly DeliveredAlert[] };
    for (const alert of alerts) {
      this.deliveries.push({ alert, at: Date.now() });
      this.delivered?.(alert);
    }
  }
}
