import { parseArgs } from 'node:util';
import { Connection } from '@temporalio/client';
import { startTemporalServer } from '../../scripts/temporal-server.mjs';
import { AgentNamespace } from './agent-namespace';
import { comparePercentile, deviation, isExact, type Percentile, wrongGauges } from './exact-values';
import { ExporterProcess } from './exporter-process';
import { describeRequests, type Measured, type MeasuredPoll, measure } from './measure';
import { planAgents, TASK_TYPES } from './population';
import { judge, summary } from './verdict';
import { testWholeAgents } from './whole-agents';

const USAGE = `Runs the tests of the whole exporter on agents that workers run (test/e2e/exporter). Then watches 1,000 and 20,000 agents
of ten task types on a Temporal development server with the exporter, as it is by default, and verifies that what it needs
does not grow with their number.

Usage: npm run e2e:exporter [-- options]

  --agents <small,large>  numbers of agents, 1000,20000 when left out
  --minutes <n>           most that watching may take, 8 when left out
  --help                  shows this

Of these, one of four runs, without a worker; some are overdue, wait for approvals, or are orphans. The others completed.
It fails when a test fails, when requests, CPU time or memory grow, when a poll does not fit the interval, when a gauge is
wrong, and when an expected duration is off by more than 2 % of the exact value. It takes about seven minutes on two cores.

Exit codes: 0 all is well · 1 it is not · 2 wrong usage`;

const NAMESPACE = 'default';
/** The exporter's own default. */
const INTERVAL_SECONDS = 30;
/** By default a sample is used for five minutes; so it is looked at more often, and the figures come sooner. */
const REFRESH_MS = 60_000;

interface ScaleOptions {
  readonly agents: readonly [small: number, large: number];
  readonly minutes: number;
}

class ScaleRun {
  private readonly begin = Date.now();
  private readonly problems: string[] = [];

  constructor(
    private readonly address: string,
    private readonly agents: AgentNamespace,
  ) {}

  /** @returns reasons to fail */
  async run([small, large]: ScaleOptions['agents']): Promise<readonly string[]> {
    await this.agents.registerAttributes();
    const measured = [await this.measure(0, small), await this.measure(small, large)] as const;
    this.print(summary(...measured));
    return [...this.problems, ...judge(...measured, INTERVAL_SECONDS)];
  }

  private async measure(from: number, to: number): Promise<Measured> {
    const completedAtMs = await this.fill(from, to);
    const options = ['--expected-refresh', `${REFRESH_MS / 1000}s`];
    const exporter = await ExporterProcess.start(this.address, NAMESPACE, options);
    try {
      const print = (poll: MeasuredPoll) => this.print(`${to} agents, ${describePoll(poll)}`);
      const measured = await measure(exporter, { agents: to, completedAtMs, refreshMs: REFRESH_MS, print });
      await this.verify(measured);
      return measured;
    } finally {
      await exporter.stop();
    }
  }

  /** @returns when the last of those had completed that do */
  private async fill(from: number, to: number): Promise<number> {
    const begin = Date.now();
    const print = (what: string) => (started: number) => this.print(`${started} of ${to - from} more agents ${what}`);
    const planned = [...planAgents(0, to)];
    const fresh = planned.slice(from);
    const completed = planned.filter(({ kind }) => kind === 'closed').length;
    await this.agents.start(
      fresh.filter(({ kind }) => kind === 'closed'),
      print('have completed'),
    );
    const completedAtMs = Date.now();
    await this.agents.start(
      fresh.filter(({ kind }) => kind !== 'closed'),
      print('run'),
    );
    await this.agents.untilVisible(completed, "AgentTaskType IS NOT NULL AND ExecutionStatus = 'Completed'");
    await this.agents.untilVisible(to - completed, "AgentTaskType IS NOT NULL AND ExecutionStatus = 'Running'");
    const rate = (1000 * (to - from)) / (Date.now() - begin);
    this.print(`${to} agents: ${to - completed} run, ${completed} completed (${rate.toFixed(0)} a second)`);
    return completedAtMs;
  }

  /** Compares what the exporter says with what is there. */
  private async verify({ agents, polls }: Measured): Promise<void> {
    const metrics = polls.at(-1)?.metrics;
    if (metrics === undefined) throw new Error('there was no poll');
    this.problems.push(...wrongGauges(agents, metrics).map((wrong) => `${agents} agents: ${wrong}`));
    const percentiles: Percentile[] = [];
    for (const taskType of TASK_TYPES) {
      percentiles.push(comparePercentile(taskType, await this.agents.closedDurations(taskType), metrics));
    }
    for (const percentile of percentiles) this.print(`${agents} agents, ${describePercentile(percentile)}`);
    const inexact = percentiles.filter((percentile) => !isExact(percentile));
    this.problems.push(...inexact.map((percentile) => `${agents} agents: ${describePercentile(percentile)}`));
  }

  private print(text: string): void {
    const seconds = String(Math.round((Date.now() - this.begin) / 1000)).padStart(4);
    for (const line of text.split('\n')) console.log(`${seconds} s  ${line}`);
  }
}

async function main(): Promise<number> {
  const options = readOptions();
  if (options === undefined) return 2;
  if (options === 'help') {
    console.log(USAGE);
    return 0;
  }
  if (!(await testWholeAgents())) {
    console.error('failed: the tests of the whole exporter');
    return 1;
  }
  const server = await startTemporalServer({ namespaces: [NAMESPACE] });
  const connection = await Connection.connect({ address: server.address });
  const run = new ScaleRun(server.address, new AgentNamespace(connection, NAMESPACE));
  try {
    const problems = await Promise.race([run.run(options.agents), tooLate(options.minutes)]);
    for (const problem of problems) console.error(`failed: ${problem}`);
    if (problems.length === 0) console.log('exporter: all is well');
    return problems.length === 0 ? 0 : 1;
  } finally {
    await connection.close();
    await server.stop();
  }
}

function tooLate(minutes: number): Promise<readonly string[]> {
  return new Promise((resolve) => {
    setTimeout(() => resolve([`it took more than ${minutes} minutes`]), minutes * 60_000).unref();
  });
}

function describePoll(poll: MeasuredPoll): string {
  const { kind, seconds, cpuMs, heapBytes, rssBytes, errors } = poll;
  return (
    `${kind} poll: ${seconds.toFixed(1)} s, ${cpuMs.toFixed(0)} ms of CPU, ${megabytes(heapBytes)} MB of heap, ` +
    `${megabytes(rssBytes)} MB RSS, requests ${describeRequests(poll)}${errors > 0 ? `, ${errors} failed` : ''}`
  );
}

function describePercentile(percentile: Percentile): string {
  const { taskType, sample, exactSeconds, exportedSeconds } = percentile;
  return (
    `${taskType}: P95 of ${sample} completed runs is ${exactSeconds.toFixed(3)} s, exported ` +
    `${exportedSeconds.toFixed(3)} s (${(deviation(percentile) * 100).toFixed(4)} % off)`
  );
}

function megabytes(bytes: number): string {
  return (bytes / 1024 / 1024).toFixed(1);
}

function readOptions(): ScaleOptions | 'help' | undefined {
  try {
    const { values } = parseArgs({
      options: { agents: { type: 'string' }, minutes: { type: 'string' }, help: { type: 'boolean' } },
    });
    if (values.help) return 'help';
    const [small = Number.NaN, large = Number.NaN] = (values.agents ?? '1000,20000').split(',').map(Number);
    const minutes = Number(values.minutes ?? 8);
    if (!(small >= 1000 && large > small && Number.isInteger(small) && Number.isInteger(large))) {
      throw new RangeError('--agents: expected two whole numbers, from 1000 on and the larger last');
    }
    if (!(minutes > 0)) throw new RangeError('--minutes: expected a positive number');
    return { agents: [small, large], minutes };
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    return undefined;
  }
}

main().then(
  // What is still under way when it is too late is not waited for.
  (code) => process.exit(code),
  (error: unknown) => {
    console.error(error);
    process.exit(1);
  },
);
