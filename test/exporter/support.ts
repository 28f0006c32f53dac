import { Client, Connection } from '@temporalio/client';
import { defineSearchAttributeKey, TypedSearchAttributes } from '@temporalio/common';
import { Registry } from 'prom-client';
import { SEARCH_ATTRIBUTES } from 'temporal-agent-observability';
import { onTestFinished, vi } from 'vitest';
import { DEFAULT_EXPORTER_CONFIG, type ExporterConfig } from '#lib/exporter/config';
import { EXPORTER_CONNECTION_OPTIONS } from '#lib/exporter/connection-options';
import { Exporter, type ExporterOptions } from '#lib/exporter/exporter';
import { acquireMetrics } from '#lib/metrics/index';
import { operator, samples } from '../metrics/scrape';
import { createNamespace, registerSearchAttributes } from '../support/temporal-server';

/** Polls as fast as tests want to see results; everything else as it is by default. */
export const FAST: ExporterConfig = { ...DEFAULT_EXPORTER_CONFIG, pollIntervalMs: 200, requestsPerSecond: 1000 };

export const SOON = { timeout: 20_000, interval: 50 };

/** A connection on which every request is sent once, as an exporter's own is. */
export function connect(address: string): Connection {
  const connection = Connection.lazy({ address, ...EXPORTER_CONNECTION_OPTIONS });
  onTestFinished(() => connection.close());
  return connection;
}

/** A namespace of the test's own, with our search attributes. */
export async function prepare(address: string, namespace: string) {
  await createNamespace(address, namespace);
  await registerSearchAttributes(address, namespace, SEARCH_ATTRIBUTES);
  const connection = connect(address);
  return { namespace, connection, client: new Client({ connection, namespace }) };
}

/** Starts an agent that no worker will ever take up. */
export async function startAgent(client: Client, taskType: string, workflowId: string) {
  return client.workflow.start('agent', {
    taskQueue: 'no-worker',
    workflowId,
    typedSearchAttributes: new TypedSearchAttributes([
      { key: defineSearchAttributeKey('AgentTaskType', 'KEYWORD'), value: taskType },
    ]),
  });
}

export interface RunningExporter {
  readonly exporter: Exporter;
  readonly errors: ReturnType<typeof operator>['errors'];
  /** What was logged, but for polls that do not fit the short interval of tests on a busy machine. */
  lines(): string[];
  /** Samples without the prefix of their names and without the label of the namespace. */
  read(): Promise<Map<string, number>>;
  /** Waits until a sample has a value; `undefined` for one that is not there. */
  shows(sample: string, value: number | undefined): Promise<void>;
  /** Waits for so many further polls that succeed in everything. */
  polls(count: number): Promise<void>;
}

export function withoutSlowPolls(lines: readonly string[]): string[] {
  return lines.filter((line) => !line.includes('do not fit its interval'));
}

/** Runs an exporter until the test is over. */
export function runExporter(
  namespace: string,
  options: Pick<ExporterOptions, 'connection'> & Partial<ExporterOptions>,
): RunningExporter {
  const who = operator();
  const registry = new Registry();
  const metrics = acquireMetrics({ registry }, 'exporter', who.report, who.logger);
  const { logger, report } = who;
  const exporter = new Exporter({ namespaces: [namespace], config: FAST, metrics, logger, report, ...options });
  onTestFinished(() => exporter.stop());
  exporter.start();
  const read = async () => {
    const all = [...samples(await registry.metrics())];
    const own = all.filter(([key]) => key.includes(`temporal_namespace="${namespace}"`));
    return new Map(
      own.map(([key, value]) => [
        key.replace('temporal_agent_', '').replace(new RegExp(`temporal_namespace="${namespace}",?`), ''),
        value,
      ]),
    );
  };
  const successes = async () => (await read()).get('exporter_last_success_timestamp_seconds{}');
  return {
    exporter,
    errors: who.errors,
    lines: () => withoutSlowPolls(who.lines),
    read,
    shows: (sample, value) =>
      vi.waitFor(async () => {
        const found = (await read()).get(sample);
        if (found !== value) throw new Error(`${sample} is ${found} instead of ${value}`);
      }, SOON),
    polls: async (count) => {
      for (let poll = 0; poll < count; poll++) {
        const before = await successes();
        await vi.waitUntil(async () => (await successes()) !== before, SOON);
      }
    },
  };
}
