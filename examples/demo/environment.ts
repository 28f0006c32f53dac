import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import Anthropic from '@anthropic-ai/sdk';
import { Client, Connection } from '@temporalio/client';
import { type Logger, type LogLevel, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import OpenAI from 'openai';
import { AgentObservabilityPlugin, runtimeOptions } from 'temporal-agent-observability';
import { freePort } from '../../scripts/server-process.mjs';
import { startTemporalServer } from '../../scripts/temporal-server.mjs';
import { startProviderServer } from '../provider-server';
import { createActivities, type ModelClients } from './activities';
import { TASK_QUEUE } from './agents';
import { quietLogger } from './quiet-logger';

export interface DemoEnvironment {
  readonly temporalAddress: string;
  readonly metricsUrl: string;
  /** Where Temporal's Core serves its own metrics: host and port. */
  readonly coreMetricsAddress: string;
  readonly contentDirectory: string;
  readonly client: Client;
  /** `undefined` when real APIs answer. */
  readonly provider: ProviderServer | undefined;
  /** Whether there is a key for Anthropic's models. */
  readonly hasAnthropic: boolean;
  /** Rejects when the worker fails. */
  readonly workerFailed: Promise<never>;
  /** Aborts when everything is being stopped; calls to Temporal must not outlive their connection. */
  readonly stopping: AbortSignal;
  /** Stops the worker alone, so that everything it observed is stored. */
  stopWorker(): Promise<void>;
  /** Stops everything. May be called more than once. */
  stop(): Promise<void>;
}

export type ProviderServer = Awaited<ReturnType<typeof startProviderServer>>;

export interface EnvironmentOptions {
  /** Talks to the real APIs. */
  readonly live: boolean;
  /** Where records and content go; a temporary directory, removed at the end, when left out. */
  readonly contentDirectory?: string;
  readonly logLevel: LogLevel;
  /** For what the plugin has to say; the process's own when left out. */
  readonly pluginLogger?: Logger;
}

/** A Temporal server, model providers, and a worker that is observed. */
export async function startEnvironment(options: EnvironmentOptions): Promise<DemoEnvironment> {
  const cleanups: (() => Promise<unknown>)[] = [];
  const stopping = new AbortController();
  const stop = async () => {
    stopping.abort();
    for (let cleanup = cleanups.pop(); cleanup !== undefined; cleanup = cleanups.pop()) await cleanup();
  };
  try {
    // Ctrl-C stops the whole demo in order, not the worker first.
    const runtime = { logger: quietLogger(options.logLevel), shutdownSignals: [] };
    const coreMetricsAddress = `127.0.0.1:${await freePort()}`;
    Runtime.install(runtimeOptions({ metricsAddress: coreMetricsAddress, runtime }));
    const contentDirectory = options.contentDirectory ?? (await temporaryDirectory(cleanups));
    const server = await startTemporalServer();
    cleanups.push(() => server.stop());
    const provider = options.live ? undefined : await startProviderServer();
    if (provider !== undefined) cleanups.push(() => provider.close());

    const metricsPort = await freePort();
    const plugin = new AgentObservabilityPlugin({
      content: contentDirectory,
      metrics: { port: metricsPort },
      ...(options.pluginLogger && { logger: options.pluginLogger }),
    });
    const connection = await NativeConnection.connect({ address: server.address });
    cleanups.push(() => connection.close());
    const worker = await Worker.create({
      connection,
      taskQueue: TASK_QUEUE,
      workflowsPath: path.join(__dirname, 'workflows'),
      activities: createActivities(modelClients(provider)),
      plugins: [plugin],
    });
    const running = worker.run();
    const stopWorker = async () => {
      if (worker.getState() === 'RUNNING') worker.shutdown();
      await running;
    };
    cleanups.push(stopWorker);
    const clientConnection = await Connection.connect({ address: server.address });
    cleanups.push(() => clientConnection.close());
    return {
      temporalAddress: server.address,
      coreMetricsAddress,
      metricsUrl: `http://127.0.0.1:${metricsPort}/metrics`,
      contentDirectory,
      client: new Client({ connection: clientConnection, plugins: [plugin] }),
      provider,
      hasAnthropic: provider !== undefined || Boolean(process.env.ANTHROPIC_API_KEY),
      workerFailed: new Promise((_, reject) => running.catch(reject)),
      stopping: stopping.signal,
      stopWorker,
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Retries are Temporal's: a client that retries by itself hides failures and multiplies attempts. */
function modelClients(provider: ProviderServer | undefined): ModelClients {
  const local = provider === undefined ? {} : { apiKey: 'local' };
  return {
    openai: new OpenAI({ maxRetries: 0, ...local, ...(provider && { baseURL: `${provider.url}/v1` }) }),
    openaiModel: process.env.OPENAI_MODEL ?? 'gpt-5-mini',
    anthropic: new Anthropic({ maxRetries: 0, ...local, ...(provider && { baseURL: provider.url }) }),
    anthropicModel: process.env.ANTHROPIC_MODEL ?? 'claude-haiku-4-5',
  };
}

async function temporaryDirectory(cleanups: (() => Promise<unknown>)[]): Promise<string> {
  const directory = await mkdtemp(path.join(tmpdir(), 'agent-content-'));
  cleanups.push(() => rm(directory, { recursive: true, force: true }));
  return directory;
}
