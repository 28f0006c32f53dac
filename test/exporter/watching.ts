/**
 * A namespace whose agents are watched, with runs that look like agents from the start.
 *
 * @module
 */

import { randomUUID } from 'node:crypto';
import { Client, Connection, type WorkflowHandle } from '@temporalio/client';
import { type Duration, defineSearchAttributeKey, type SearchAttributePair } from '@temporalio/common';
import { Registry } from 'prom-client';
import { expect, vi } from 'vitest';
import type { Visibility } from '#lib/client/visibility';
import { SEARCH_ATTRIBUTES, type SearchAttributeName } from '#lib/definitions/search-attributes';
import { DEFAULT_EXPORTER_CONFIG, type ExporterConfig } from '#lib/exporter/config';
import { TemporalDescriber } from '#lib/exporter/temporal-describer';
import { TemporalRequests } from '#lib/exporter/temporal-requests';
import { TemporalVisibility } from '#lib/exporter/temporal-visibility';
import type { Poll, Watch, WatchedNamespace } from '#lib/exporter/watch';
import { acquireMetrics } from '#lib/metrics/index';
import { operator, samples } from '../metrics/scrape';
import { createNamespace, registerSearchAttributes } from '../support/temporal-server';

export const MINUTE = 60_000;

export type AgentAttributes = Partial<Record<SearchAttributeName, string | number | Date>>;

/** A namespace of its own, with some or all of the attributes. */
export class AgentNamespace {
  private constructor(
    readonly namespace: string,
    readonly connection: Connection,
    readonly client: Client,
    readonly attributes: ReadonlySet<SearchAttributeName>,
  ) {}

  static async create(
    address: string,
    namespace: string,
    without: readonly SearchAttributeName[] = [],
  ): Promise<AgentNamespace> {
    await createNamespace(address, namespace);
    const registered = SEARCH_ATTRIBUTES.filter(({ name }) => !without.includes(name));
    await registerSearchAttributes(address, namespace, registered);
    const connection = await Connection.connect({ address });
    const client = new Client({ connection, namespace });
    return new AgentNamespace(namespace, connection, client, new Set(registered.map(({ name }) => name)));
  }

  /** Starts a run that carries these attributes; no worker takes it unless the task queue has one. */
  start(
    attributes: AgentAttributes,
    options: {
      workflowType?: string;
      taskQueue?: string;
      workflowId?: string;
      startDelay?: Duration;
      cronSchedule?: string;
      args?: unknown[];
    } = {},
  ): Promise<WorkflowHandle> {
    const { workflowType = 'agent', taskQueue = 'nobody', workflowId = randomUUID(), ...more } = options;
    const typedSearchAttributes = Object.entries(attributes).map(([name, value]) => attributePair(name, value));
    return this.client.workflow.start(workflowType, { taskQueue, workflowId, typedSearchAttributes, ...more });
  }

  /** Visibility, and the requests that were sent to it. */
  visibility(): Visibility & { readonly requests: string[] } {
    const real = new TemporalVisibility(this.connection, this.namespace, { requestsPerSecond: 1000 });
    const requests: string[] = [];
    return {
      requests,
      count: (query, condition) => {
        requests.push(`count ${query}`);
        return real.count(query, condition);
      },
      list: (query, condition, limit) => {
        requests.push(`list ${query}`);
        return real.list(query, condition, limit);
      },
    };
  }

  /** Waits until visibility shows so many runs. */
  async seen(count: number, condition: string): Promise<void> {
    const seen = async () => (await this.client.workflow.count(condition)).count;
    await vi.waitFor(async () => expect(await seen()).toBe(count), { timeout: 20_000, interval: 50 });
  }

  async close(): Promise<void> {
    await this.connection.close();
  }
}

function attributePair(name: string, value: string | number | Date): SearchAttributePair {
  if (typeof value === 'string') return { key: defineSearchAttributeKey(name, 'KEYWORD'), value };
  if (typeof value === 'number') return { key: defineSearchAttributeKey(name, 'INT'), value };
  return { key: defineSearchAttributeKey(name, 'DATETIME'), value };
}

/** What of the configuration a test is about. */
export type ConfigPart = Omit<Partial<ExporterConfig>, 'expected'> & {
  readonly expected?: Partial<ExporterConfig['expected']>;
};

export function configOf({ expected, ...more }: ConfigPart = {}): ExporterConfig {
  return { ...DEFAULT_EXPORTER_CONFIG, ...more, expected: { ...DEFAULT_EXPORTER_CONFIG.expected, ...expected } };
}

/** A watch as it stands in an exporter, and what the exporter would serve. */
export function watching(
  agents: AgentNamespace,
  watch: new (watched: WatchedNamespace) => Watch,
  part: ConfigPart = {},
  visibility: Visibility = agents.visibility(),
) {
  const registry = new Registry();
  const who = operator();
  const { namespace } = agents;
  const metrics = acquireMetrics({ registry }, 'exporter', who.report, who.logger).for(namespace);
  const describer = new TemporalDescriber(
    new TemporalRequests(agents.connection, { requestsPerSecond: 1000 }),
    namespace,
  );
  const watched = new watch({
    ...{ namespace, visibility, describer, metrics, logger: who.logger, config: configOf(part), found: () => {} },
  });
  return {
    /** Polls as an exporter does that knows these task types, all of them running unless a count says otherwise. */
    async poll(taskTypes: readonly string[], poll: Partial<Poll> = {}): Promise<void> {
      const running = new Map(taskTypes.map((taskType) => [taskType, 1]));
      await watched.poll({ nowMs: Date.now(), taskTypes, running, attributes: agents.attributes, ...poll });
      expect(who.errors).toEqual([]);
    },
    /** Values of a metric by their labels without the namespace. */
    async values(metric: string): Promise<Record<string, number>> {
      const prefix = `temporal_agent_${metric}{temporal_namespace="${namespace}",`;
      const all = [...samples(await registry.metrics())].filter(([name]) => name.startsWith(prefix));
      return Object.fromEntries(all.map(([name, value]) => [name.slice(prefix.length, -1), value]));
    },
  };
}
