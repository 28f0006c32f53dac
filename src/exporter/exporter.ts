import type { Logger } from '@temporalio/common';
import type { Finding } from '../definitions/finding';
import { SHUTDOWN_FLUSH_MS } from '../definitions/limits';
import type { ReportError } from '../definitions/observer-parts';
import type { AgentMetrics, NamespaceMetrics } from '../metrics';
import { FindingReporter } from '../reporting/finding-reporter';
import { PACKAGE_VERSION, SDK_VERSION } from '../reporting/versions';
import type { ExporterConfig } from './config';
import { NamespaceAttributes } from './namespace-attributes';
import type { NamespaceStatus } from './namespace-health';
import { NamespacePoller } from './namespace-poller';
import { TemporalDescriber } from './temporal-describer';
import { type ExporterConnection, TemporalRequests } from './temporal-requests';
import { TemporalVisibility } from './temporal-visibility';
import type { WatchedNamespace } from './watch';
import { createWatches } from './watches';

/** Requests a second and namespace that are none of visibility, which has a limit of its own on the server. */
const OTHER_REQUESTS_PER_SECOND = 10;

export interface ExporterOptions {
  /** Stays the caller's, who closes it after {@link Exporter.stop}. */
  readonly connection: ExporterConnection;
  readonly namespaces: readonly string[];
  readonly config: ExporterConfig;
  /** Stays the caller's, too. */
  readonly metrics: AgentMetrics;
  readonly logger: Logger;
  readonly report: ReportError;
  /** Keeps findings; they are logged and counted in any case. */
  readonly record?: (namespace: string, finding: Finding) => void;
}

export interface ExporterStatus {
  /** Every namespace is. */
  readonly ready: boolean;
  readonly namespaces: readonly NamespaceStatus[];
}

/** Watches the agents of namespaces through visibility and exports what it sees. */
export class Exporter {
  private readonly pollers: readonly NamespacePoller[];
  private readonly stopping = new AbortController();
  private polling: Promise<unknown> | undefined;
  private unlist: (() => void) | undefined;

  constructor(private readonly options: ExporterOptions) {
    this.pollers = options.namespaces.map((namespace) => this.createPoller(namespace));
  }

  /** Begins to poll, once. */
  start(): void {
    if (this.polling !== undefined || this.stopping.signal.aborted) return;
    this.unlist = this.options.metrics.addReadiness(() => {
      const { ready, namespaces } = this.status();
      return { ready, lines: namespaces.map(({ summary }) => summary) };
    });
    this.polling = Promise.all(this.pollers.map((poller) => poller.run()));
  }

  /** Ends polling, without waiting for requests under way. Metrics stay as they are. Never rejects. */
  async stop(): Promise<void> {
    this.unlist?.();
    this.stopping.abort();
    let timer: NodeJS.Timeout | undefined;
    const timeout = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, SHUTDOWN_FLUSH_MS).unref();
    });
    await Promise.race([this.polling, timeout]);
    clearTimeout(timer);
  }

  status(): ExporterStatus {
    const namespaces = this.pollers.map((poller) => poller.status());
    return { ready: namespaces.every(({ ready }) => ready), namespaces };
  }

  private createPoller(namespace: string): NamespacePoller {
    const { connection, config, logger, report } = this.options;
    const { signal } = this.stopping;
    const metrics = this.options.metrics.for(namespace);
    metrics.set('buildInfo', { version: PACKAGE_VERSION, temporal_sdk_version: SDK_VERSION }, 1);
    const { requestsPerSecond } = config;
    const visibility = new TemporalVisibility(connection, namespace, { requestsPerSecond, metrics, signal });
    const requests = new TemporalRequests(connection, {
      requestsPerSecond: OTHER_REQUESTS_PER_SECOND,
      metrics,
      signal,
    });
    const found = this.findingSink(namespace, metrics);
    const describer = new TemporalDescriber(requests, namespace);
    const watched: WatchedNamespace = { namespace, config, visibility, describer, metrics, logger, found };
    const attributes = new NamespaceAttributes(namespace, requests, visibility);
    return new NamespacePoller({ watched, watches: createWatches(watched), attributes, logger, report, signal });
  }

  private findingSink(namespace: string, metrics: NamespaceMetrics): WatchedNamespace['found'] {
    const { config, logger, report, record } = this.options;
    const findings = new FindingReporter(
      {
        logger,
        count: ({ id, severity, taskType = 'unknown', workflowType = 'unknown' }) =>
          metrics.inc('findings', { finding: id, severity, task_type: taskType, workflow_type: workflowType }),
        record: (finding) => record?.(namespace, finding),
      },
      config.findings,
    );
    return (detected) => {
      try {
        findings.report(detected);
      } catch (error) {
        report('exporter', error);
      }
    };
  }
}
