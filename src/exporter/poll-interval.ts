import type { Logger } from '@temporalio/common';
import type { WatchedNamespace } from './watch';

/** How many times as long as a poll the interval is at least: part of the namespace's limit must be left for others. */
const HEADROOM = 1.25;

/** The time between the starts of two polls. It grows where the requests of a poll do not fit, and shrinks back. */
export class PollInterval {
  private intervalMs: number;
  private isFirst = true;
  private saidGrown = false;

  constructor(
    private readonly watched: Pick<WatchedNamespace, 'namespace' | 'config' | 'metrics'>,
    private readonly logger: Logger,
  ) {
    this.intervalMs = watched.config.pollIntervalMs;
    this.export();
  }

  get currentMs(): number {
    return this.intervalMs;
  }

  /** A poll is over. One that failed has waited for answers, which says nothing about how long the requests take. */
  took(durationMs: number, isComplete: boolean): void {
    const { config, metrics } = this.watched;
    metrics.observe('exporterPollDuration', {}, durationMs / 1000);
    if (!isComplete) return;
    const neededMs = Math.max(config.pollIntervalMs, Math.ceil(durationMs * HEADROOM));
    if (neededMs > config.pollIntervalMs) this.sayGrown(neededMs);
    this.intervalMs = neededMs;
    this.export();
  }

  /**
   * How long to wait after a poll that took so long, which is part of the interval at least. The first interval is cut at
   * random, so that replicas poll apart.
   */
  untilNext(durationMs: number): number {
    const part = this.isFirst ? 0.5 + Math.random() / 2 : 1;
    this.isFirst = false;
    return Math.max(this.intervalMs * (1 - 1 / HEADROOM), this.intervalMs * part - durationMs);
  }

  private export(): void {
    this.watched.metrics.set('exporterPollInterval', {}, this.intervalMs / 1000);
  }

  /** Once: afterwards the metric tells. */
  private sayGrown(neededMs: number): void {
    if (this.saidGrown) return;
    this.saidGrown = true;
    const { namespace, config } = this.watched;
    this.logger.warn(
      `Agent observability: the requests of a poll of namespace "${namespace}" do not fit its interval of ` +
        `${config.pollIntervalMs / 1000} s; polling every ${neededMs / 1000} s instead. Fewer task types need fewer requests.`,
      { namespace },
    );
  }
}
