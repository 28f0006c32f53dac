import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { METRICS } from '#lib/definitions/metrics';
import { Metrics } from '../../examples/demo/verify/metrics';

/** How often the exporter is asked whether a poll has ended; what that costs it is a part of every figure. */
export const ASK_MS = 2000;
const STOP_MS = 10_000;

/** What one poll took; CPU time is that since the end of the one before. */
export interface PollFigures {
  readonly seconds: number;
  /** By what they were for. */
  readonly requests: ReadonlyMap<string, number>;
  readonly cpuMs: number;
  /** After a garbage collection, as RSS is. */
  readonly heapBytes: number;
  readonly rssBytes: number;
  /** Failed requests. */
  readonly errors: number;
  /** Between the starts of two polls. */
  readonly intervalSeconds: number;
  readonly metrics: Metrics;
}

interface Usage {
  readonly cpuMs: number;
  readonly cpuAfterMs: number;
  readonly rssBytes: number;
  readonly heapBytes: number;
}

/** The command `exporter`, as users run it. */
export class ExporterProcess {
  private stderr = '';

  private constructor(
    private readonly child: ChildProcess,
    private readonly url: string,
  ) {
    child.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
      this.stderr = (this.stderr + chunk).slice(-4000);
    });
  }

  /** @param options beyond where Temporal is and where metrics are served */
  static async start(address: string, namespace: string, options: readonly string[]): Promise<ExporterProcess> {
    const port = await freePort();
    const args = ['exporter', '--address', address, '--namespace', namespace, '--metrics-port', String(port)];
    const child = fork(path.resolve(__dirname, '../../lib/cli/main.js'), [...args, ...options], {
      execArgv: ['--expose-gc', '--require', path.join(__dirname, 'answer-usage.cjs')],
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      env: environment(),
    });
    return new ExporterProcess(child, `http://127.0.0.1:${port}/metrics`);
  }

  /** Figures of one poll after the other, as they end. */
  async *polls(): AsyncGenerator<PollFigures, never> {
    let before: Metrics | undefined;
    let cpuBeforeMs = 0;
    for (;;) {
      const metrics = await this.untilPolled(sumOf(before, `${METRICS.exporterPollDuration.name}_count`));
      const { cpuMs, cpuAfterMs, rssBytes, heapBytes } = await this.usage();
      const grown = (name: string) => sumOf(metrics, name) - sumOf(before, name);
      const requestsBefore = before?.sumBy(METRICS.exporterRequests.name, 'query');
      const requests = [...metrics.sumBy(METRICS.exporterRequests.name, 'query')].flatMap(([query, sent]) => {
        const count = sent - (requestsBefore?.get(query) ?? 0);
        return count === 0 ? [] : [[query, count] as const];
      });
      yield {
        seconds: grown(`${METRICS.exporterPollDuration.name}_sum`),
        requests: new Map(requests),
        cpuMs: cpuMs - cpuBeforeMs,
        rssBytes,
        heapBytes,
        errors: grown(METRICS.exporterErrors.name),
        intervalSeconds: sumOf(metrics, METRICS.exporterPollInterval.name),
        metrics,
      };
      before = metrics;
      cpuBeforeMs = cpuAfterMs;
    }
  }

  async stop(): Promise<void> {
    const { child } = this;
    if (child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    child.kill('SIGTERM');
    const kill = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
    await exited;
    clearTimeout(kill);
  }

  /** @param polls that ended before */
  private async untilPolled(polls: number): Promise<Metrics> {
    for (;;) {
      const { child } = this;
      if (child.exitCode !== null || child.signalCode !== null) {
        throw new Error(`the exporter ended:\n${this.stderr}`);
      }
      // Not there yet at the start.
      const metrics = await Metrics.fetch(this.url).catch(() => undefined);
      if (metrics !== undefined && sumOf(metrics, `${METRICS.exporterPollDuration.name}_count`) > polls) return metrics;
      await sleep(ASK_MS);
    }
  }

  private async usage(): Promise<Usage> {
    const answer = once(this.child, 'message');
    this.child.send('usage');
    const [usage] = await answer;
    return usage as Usage;
  }
}

function sumOf(metrics: Metrics | undefined, name: string): number {
  return metrics?.sum(name) ?? 0;
}

/** Whatever the user has set for Temporal is for other servers. */
function environment(): NodeJS.ProcessEnv {
  const others = Object.entries(process.env).filter(([name]) => !name.startsWith('TEMPORAL_'));
  return { ...Object.fromEntries(others), TEMPORAL_CONFIG_FILE: path.join(__dirname, 'no-such-file.toml') };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no free port');
  return address.port;
}
