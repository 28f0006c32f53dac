import type { Logger } from '@temporalio/common';
import { Registry } from 'prom-client';
import { type MetricSource, metricKeysOf } from '../definitions/metrics';
import type { ReportError } from '../definitions/observer-parts';
import { MetricsEndpoint, type Readiness, type WhenPortBusy } from './endpoint';
import { createFamilies, registerFamilies } from './families';
import { NamespaceMetrics } from './namespace-metrics';

/** Where metrics go: into the user's registry, or to an HTTP endpoint of our own. */
export type MetricsTarget = { readonly registry: Registry } | { readonly host: string; readonly port: number };

/** One user's hold on the metrics of a target. */
export interface AgentMetrics {
  readonly registry: Registry;
  /**
   * Settles when the endpoint serves, or when the first attempt to serve has failed. Rejects only where that was asked
   * for when the metrics were acquired.
   */
  readonly ready: Promise<void>;
  /** Where metrics are served; `undefined` with the user's own registry and while the port cannot be opened. */
  readonly address: string | undefined;
  /** The metrics of one Temporal namespace; counters with known labels start at 0 when it is first asked for. */
  for(namespace: string): NamespaceMetrics;
  /**
   * Lets `/readyz` ask this as well, until what is returned is called. Nothing happens with the user's own registry, which
   * has no endpoint of ours.
   */
  addReadiness(ask: () => Readiness): () => void;
  /** Gives up this hold; the last one closes the endpoint. Safe to call twice. Never rejects. */
  release(): Promise<void>;
}

/** Metrics of one target, shared by everyone in the process who asked for it. */
class SharedMetrics {
  readonly registry: Registry;
  readonly endpoint: MetricsEndpoint | undefined;
  readonly #families = createFamilies();
  #holders = 0;

  constructor(target: MetricsTarget, report: ReportError, logger: Logger, whenBusy: WhenPortBusy) {
    this.registry = 'registry' in target ? target.registry : new Registry();
    if (!('registry' in target)) {
      this.endpoint = new MetricsEndpoint(this.registry, target.host, target.port, report, logger, whenBusy);
    }
  }

  /** @throws Error when the registry holds another metric under one of our names */
  hold(source: MetricSource, report: ReportError, lastReleased: () => Promise<void>): AgentMetrics {
    const keys = metricKeysOf(source);
    registerFamilies(this.registry, this.#families, keys);
    this.#holders += 1;
    const namespaces = new Map<string, NamespaceMetrics>();
    const { registry, endpoint } = this;
    let released: Promise<void> | undefined;
    return {
      registry,
      ready: endpoint?.ready ?? Promise.resolve(),
      get address() {
        return endpoint?.address;
      },
      for: (namespace) => {
        let metrics = namespaces.get(namespace);
        if (metrics === undefined) {
          metrics = new NamespaceMetrics(namespace, this.#families, keys, report);
          namespaces.set(namespace, metrics);
        }
        return metrics;
      },
      addReadiness: (ask) => endpoint?.addReadiness(ask) ?? (() => {}),
      release: () => {
        released ??= this.#release(lastReleased);
        return released;
      },
    };
  }

  async #release(lastReleased: () => Promise<void>): Promise<void> {
    this.#holders -= 1;
    if (this.#holders === 0) {
      await lastReleased();
    }
  }
}

const byAddress = new Map<string, SharedMetrics>();
/** Kept past the last release: the metrics stay in the user's registry and go on counting with the next worker. */
const byRegistry = new WeakMap<Registry, SharedMetrics>();

/**
 * Metrics of a target, shared by all workers of the process that name the same registry, or the same host and port.
 *
 * @param whenBusy - what happens when the port cannot be opened: a worker goes on and tries again, while a process that is
 *   there for its metrics alone had better fail. The first to ask for an address decides.
 * @throws Error when the user's registry holds another metric under one of our names
 */
export function acquireMetrics(
  target: MetricsTarget,
  source: MetricSource,
  report: ReportError,
  logger: Logger,
  whenBusy: WhenPortBusy = 'retry',
): AgentMetrics {
  if ('registry' in target) {
    let shared = byRegistry.get(target.registry);
    if (shared === undefined) {
      shared = new SharedMetrics(target, report, logger, whenBusy);
      byRegistry.set(target.registry, shared);
    }
    return shared.hold(source, report, async () => {});
  }
  const key = `${target.host} ${target.port}`;
  const shared = byAddress.get(key) ?? new SharedMetrics(target, report, logger, whenBusy);
  byAddress.set(key, shared);
  return shared.hold(source, report, async () => {
    byAddress.delete(key);
    await shared.endpoint?.close();
  });
}
