import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from '@temporalio/common';
import type { ExporterQuery } from '../definitions/exporter-queries';
import type { ReportError } from '../definitions/observer-parts';
import { REQUIRED_SEARCH_ATTRIBUTE } from '../definitions/search-attributes';
import type { NamespaceAttributes } from './namespace-attributes';
import { NamespaceHealth, type NamespaceStatus } from './namespace-health';
import { type PollFailure, pollFailure } from './poll-failure';
import { PollInterval } from './poll-interval';
import { PollSteps } from './poll-steps';
import { RequestFailed } from './request-failed';
import { RunningAgents } from './running-agents';
import { TaskTypes } from './task-types';
import type { Watch, WatchedNamespace } from './watch';

export interface PollerOptions {
  readonly watched: WatchedNamespace;
  readonly watches: readonly Watch[];
  readonly attributes: NamespaceAttributes;
  readonly logger: Logger;
  readonly report: ReportError;
  /** Ends the polling and whatever is under way. */
  readonly signal: AbortSignal;
}

/** Polls one namespace, one poll at a time, until the signal is aborted. */
export class NamespacePoller {
  private readonly health: NamespaceHealth;
  private readonly interval: PollInterval;
  private readonly taskTypes: TaskTypes;
  private readonly running: RunningAgents;

  constructor(private readonly options: PollerOptions) {
    const { watched, logger } = options;
    this.health = new NamespaceHealth(watched.namespace, logger);
    this.interval = new PollInterval(watched, logger);
    this.taskTypes = new TaskTypes(watched.visibility, watched.config, logger);
    this.running = new RunningAgents(watched.visibility, this.taskTypes, watched.metrics);
  }

  status(): NamespaceStatus {
    return this.health.status(Date.now(), this.interval.currentMs);
  }

  /** Never rejects. */
  async run(): Promise<void> {
    const { signal, report } = this.options;
    while (!signal.aborted) {
      const startedAt = performance.now();
      const duration = () => performance.now() - startedAt;
      try {
        const isComplete = await this.poll();
        this.interval.took(duration(), isComplete);
      } catch (error) {
        if (!signal.aborted) report('exporter', error);
      }
      // Polling is no reason for a process to go on.
      await sleep(this.interval.untilNext(duration()), undefined, { signal, ref: false }).catch(() => undefined);
    }
  }

  /** @returns whether it succeeded in everything */
  private async poll(): Promise<boolean> {
    const { watched, signal } = this.options;
    const failures: PollFailure[] = [];
    const steps = new PollSteps(signal, (query, error) => {
      failures.push(pollFailure(query, error, watched.namespace));
      this.countFailure(query, error);
    });
    const missing = await this.ask(steps, Date.now());
    if (missing !== undefined) failures.push(missing);
    const endMs = Date.now();
    this.health.polled(endMs, failures);
    if (failures.length > 0) return false;
    watched.metrics.set('exporterLastSuccess', {}, endMs / 1000);
    return true;
  }

  /** @returns what has to be done before anything can be asked */
  private async ask(steps: PollSteps, nowMs: number): Promise<PollFailure | undefined> {
    const { attributes: namespaceAttributes, watched, watches } = this.options;
    const attributes = await steps.run('namespace', () => namespaceAttributes.names(nowMs));
    if (attributes === undefined) return undefined;
    if (!attributes.has(REQUIRED_SEARCH_ATTRIBUTE)) return withoutTaskTypes(watched.namespace);
    const discover = (anyRunning: boolean) => steps.run('task_types', () => this.taskTypes.discover(nowMs, anyRunning));
    const running = await steps.run('running', () => this.running.count(discover));
    if (running === undefined) return undefined;
    await steps.run('task_types', () => this.taskTypes.forget(nowMs, running));
    const taskTypes = this.taskTypes.known;
    for (const watch of watches) {
      await steps.run(watch.query, () => watch.poll({ nowMs, taskTypes, running, attributes }));
    }
    return undefined;
  }

  /** Failed requests are counted where they are sent, but for those whose answer might have been expected. */
  private countFailure(query: ExporterQuery, error: unknown): void {
    const { attributes, watched, report } = this.options;
    if (!(error instanceof RequestFailed)) report('exporter', error);
    else if (error.isCounted) return;
    attributes.forget();
    watched.metrics.inc('exporterErrors', { query });
  }
}

function withoutTaskTypes(namespace: string): PollFailure {
  return {
    query: 'namespace',
    cause: `no ${REQUIRED_SEARCH_ATTRIBUTE}`,
    message:
      `it has no search attribute ${REQUIRED_SEARCH_ATTRIBUTE} of type Keyword, so that nothing can be watched. ` +
      `Run "temporal-agent-observability setup --namespace ${namespace}"`,
  };
}
