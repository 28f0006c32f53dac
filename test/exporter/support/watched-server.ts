/**
 * A namespace of the shared server, and what a watch of the exporter makes of it.
 *
 * @module
 */

import { Client, Connection, type WorkflowHandle } from '@temporalio/client';
import { defineSearchAttributeKey, type SearchAttributePair, TypedSearchAttributes } from '@temporalio/common';
import { Registry } from 'prom-client';
import { SEARCH_ATTRIBUTES } from 'temporal-agent-observability';
import { vi } from 'vitest';
import type { Visibility } from '#lib/client/visibility';
import type { Finding } from '#lib/definitions/finding';
import type { SearchAttributeName } from '#lib/definitions/search-attributes';
import { DEFAULT_EXPORTER_CONFIG, type ExporterConfig } from '#lib/exporter/config';
import { TemporalDescriber } from '#lib/exporter/temporal-describer';
import { TemporalRequests } from '#lib/exporter/temporal-requests';
import { TemporalVisibility } from '#lib/exporter/temporal-visibility';
import type { Watch, WatchedNamespace } from '#lib/exporter/watch';
import { acquireMetrics } from '#lib/metrics/index';
import { FindingReporter } from '#lib/reporting/finding-reporter';
import { collectingLogger } from '../../plugin/observed';
import { createNamespace, registerSearchAttributes } from '../../support/temporal-server';

export type Attributes = Readonly<Partial<Record<SearchAttributeName | typeof REPORTED, string | Date | string[]>>>;

/** Stands in for `TemporalReportedProblems`, which servers have from 1.30 on and nobody can register before. */
export const REPORTED = 'ReportedProblems';

const RUNNING = "ExecutionStatus = 'Running'";
const SHOWN = { timeout: 20_000, interval: 50 };
/** The server in the same process group has no reason to limit a test. */
const REQUESTS_PER_SECOND = 1000;

export class WatchedServer {
  private constructor(
    readonly client: Client,
    readonly connection: Connection,
    readonly namespace: string,
    private readonly attributes: readonly SearchAttributeName[],
  ) {}

  /** Creates a namespace that has these of our attributes. */
  static async create(
    address: string,
    namespace: string,
    attributes: readonly SearchAttributeName[] = SEARCH_ATTRIBUTES.map(({ name }) => name),
  ): Promise<WatchedServer> {
    await createNamespace(address, namespace);
    await registerSearchAttributes(
      address,
      namespace,
      SEARCH_ATTRIBUTES.filter(({ name }) => attributes.includes(name)),
    );
    const connection = await Connection.connect({ address });
    return new WatchedServer(new Client({ connection, namespace }), connection, namespace, attributes);
  }

  /** Starts a run that shows these attributes, for which no worker is needed. */
  async start(workflowId: string, attributes: Attributes, more: { taskQueue?: string; type?: string } = {}) {
    const { type = 'agent', taskQueue = 'nobody' } = more;
    const pairs = Object.entries(attributes).map(([name, value]): SearchAttributePair => {
      if (value instanceof Date) return { key: defineSearchAttributeKey(name, 'DATETIME'), value };
      if (Array.isArray(value)) return { key: defineSearchAttributeKey(name, 'KEYWORD_LIST'), value };
      return { key: defineSearchAttributeKey(name, 'KEYWORD'), value };
    });
    return this.client.workflow.start(type, {
      workflowId,
      taskQueue,
      typedSearchAttributes: new TypedSearchAttributes(pairs),
    });
  }

  /** Waits until visibility shows so many runs that meet a condition. */
  async shown(condition: string, count: number): Promise<void> {
    await vi.waitFor(async () => {
      const shown = (await this.client.workflow.count(condition)).count;
      if (shown !== count) throw new Error(`${shown} instead of ${count} runs with ${condition}`);
    }, SHOWN);
  }

  /** Ends runs, and waits until visibility shows it. */
  async terminate(...handles: readonly WorkflowHandle[]): Promise<void> {
    await Promise.all(handles.map((handle) => handle.terminate()));
    const ids = handles.map(({ workflowId }) => `'${workflowId}'`).join(', ');
    await this.shown(`${RUNNING} AND WorkflowId IN (${ids})`, 0);
  }

  /** Ends whatever a test left behind. */
  async terminateAll(): Promise<void> {
    const { workflow } = this.client;
    for await (const { workflowId } of workflow.list({ query: RUNNING }))
      await workflow.getHandle(workflowId).terminate();
    await this.shown(RUNNING, 0);
  }

  /** Another exporter, which remembers nothing of the others. */
  exporter(
    create: (watched: WatchedNamespace) => Watch,
    config: Partial<ExporterConfig> = {},
    ask = (condition: string) => condition,
  ): WatchingExporter {
    return new WatchingExporter(this, create, { ...DEFAULT_EXPORTER_CONFIG, ...config }, new Set(this.attributes), ask);
  }

  async close(): Promise<void> {
    await this.connection.close();
  }
}

/** One watch as an exporter runs it. */
export class WatchingExporter {
  readonly found: Finding[] = [];
  readonly logger = collectingLogger();
  /** Conditions that visibility was asked for. */
  readonly asked: { readonly kind: 'count' | 'list'; readonly condition: string }[] = [];
  private readonly registry = new Registry();
  private readonly watch: Watch;

  constructor(
    private readonly server: WatchedServer,
    create: (watched: WatchedNamespace) => Watch,
    readonly config: ExporterConfig,
    private readonly attributes: ReadonlySet<SearchAttributeName>,
    private readonly ask: (condition: string) => string,
  ) {
    const { connection, namespace } = server;
    const { logger, registry } = this;
    const metrics = acquireMetrics({ registry }, 'exporter', () => {}, logger).for(namespace);
    const options = { requestsPerSecond: REQUESTS_PER_SECOND, metrics };
    const reporter = new FindingReporter(
      { logger, count: () => {}, record: (finding) => this.found.push(finding) },
      config.findings,
    );
    this.watch = create({
      namespace,
      config,
      visibility: this.counted(new TemporalVisibility(connection, namespace, options)),
      describer: new TemporalDescriber(new TemporalRequests(connection, options), namespace),
      metrics,
      logger,
      found: (detected) => reporter.report(detected),
    });
  }

  /** Polls as of a time; the agents that run now are counted first, as the exporter does. */
  async poll(nowMs = Date.now()): Promise<void> {
    const { attributes } = this;
    const running = new Map<string, number>();
    for await (const run of this.server.client.workflow.list({ query: RUNNING })) {
      const taskType = run.typedSearchAttributes.get(defineSearchAttributeKey('AgentTaskType', 'KEYWORD'));
      if (taskType != null) running.set(taskType, (running.get(taskType) ?? 0) + 1);
    }
    const taskTypes = [...running.keys()].sort();
    this.asked.length = 0;
    await this.watch.poll({ nowMs, taskTypes, running, attributes });
  }

  /** Values of a gauge or counter by the values of its labels, without the namespace. */
  async values(name: string): Promise<Record<string, number>> {
    const { values } = (await this.registry.getSingleMetric(`temporal_agent_${name}`)?.get()) ?? { values: [] };
    return Object.fromEntries(
      values.map(({ labels, value }) => {
        const { temporal_namespace: _, ...own } = labels;
        return [Object.values(own).join(' '), value];
      }),
    );
  }

  private counted(visibility: Visibility): Visibility {
    return {
      count: (query, condition) => {
        this.asked.push({ kind: 'count', condition });
        return visibility.count(query, this.ask(condition));
      },
      list: (query, condition, limit) => {
        this.asked.push({ kind: 'list', condition });
        return visibility.list(query, this.ask(condition), limit);
      },
    };
  }
}
