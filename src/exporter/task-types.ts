import type { Logger } from '@temporalio/common';
import type { Visibility } from '../client/visibility';
import { allOf, isAskable, oneOf, quote, quoteTime, RUNNING } from '../client/visibility-query';
import { METRIC_LABEL_VALUES_MAX } from '../definitions/limits';
import type { ExporterConfig } from './config';

/** Every query that asks for agents of any type. */
export const IS_AGENT = 'AgentTaskType IS NOT NULL';

/** Runs that one request for new types gives; they mostly have few types among them. */
const PAGE = 100;
/** Requests of one poll for new types; what is not found by then is in the next. */
const MAX_ROUNDS = 10;
/** How late visibility may show that a run closed, in milliseconds. */
const LAG_MS = 60_000;

/**
 * The task types of a namespace: those configured, those that run, and those that closed within the window. A type that
 * is none of them any more is forgotten, so that an exporter which runs for weeks has the types of one just started.
 */
export class TaskTypes {
  private readonly configured: readonly string[];
  private readonly discovered = new Set<string>();
  /** End of the time in which closed runs were looked for. */
  private lookedUntilMs = 0;
  /** Time for which the whole window was looked at; closed runs are looked at anew in each. */
  private epoch: number | undefined;
  private sawUnaskable = false;
  private readonly said = new Set<string>();

  constructor(
    private readonly visibility: Visibility,
    private readonly config: Pick<ExporterConfig, 'taskTypes' | 'expected'>,
    private readonly logger: Logger,
    private readonly max = METRIC_LABEL_VALUES_MAX,
  ) {
    this.configured = Object.keys(config.taskTypes);
  }

  /** Sorted, so that all exporters name them in one order. */
  get known(): readonly string[] {
    return [...new Set([...this.configured, ...this.discovered])].sort();
  }

  /** Whether running agents may be of types that are not watched. */
  get mayMissSome(): boolean {
    return this.isFull || this.sawUnaskable;
  }

  /** Agents of types that are not known. */
  get others(): string {
    return allOf(IS_AGENT, noneOf(this.known));
  }

  /**
   * Looks for types that are not known. Those of running agents first, for they must not be missed when there are many.
   *
   * @throws RequestFailed; types found before are kept
   */
  async discover(nowMs: number, anyRunning: boolean): Promise<void> {
    this.sawUnaskable = false;
    if (anyRunning) await this.find(RUNNING);
    const start = this.windowStart(nowMs);
    const since = this.epochOf(nowMs) === this.epoch ? Math.max(start, this.lookedUntilMs - LAG_MS) : start;
    if (await this.find(closedSince(since))) this.lookedUntilMs = nowMs;
  }

  /**
   * Forgets types of which none runs and none closed within the window. Asks once in the time for which a sample of
   * closed runs is used.
   *
   * @throws RequestFailed; nothing is forgotten then
   */
  async forget(nowMs: number, running: ReadonlyMap<string, number>): Promise<void> {
    const epoch = this.epochOf(nowMs);
    if (epoch === this.epoch) return;
    const idle = new Set([...this.discovered].filter((type) => !running.get(type)));
    let more = idle.size > 0;
    // Every round but the last finds at least one of them.
    for (let round = 0; more && round < this.max; round++) {
      const closed = allOf(oneOf('AgentTaskType', [...idle]), closedSince(this.windowStart(nowMs)));
      const page = await this.visibility.list('task_types', closed, PAGE);
      for (const { taskType } of page.runs) idle.delete(taskType ?? '');
      more = page.more && idle.size > 0;
    }
    for (const type of idle) this.discovered.delete(type);
    this.epoch = epoch;
  }

  /** Says, once, that there are agents of types that are not watched. */
  sayMissed(agents: number): void {
    if (this.isFull) {
      this.say(
        `there are more than ${this.max} task types. A task type should name a kind of work, not a piece of it`,
        agents,
      );
    }
    if (this.sawUnaskable) {
      this.say('Temporal cannot be asked for task types with quotes, backslashes or control characters', agents);
    }
  }

  private say(why: string, agents: number): void {
    if (this.said.has(why)) return;
    this.said.add(why);
    this.logger.warn(
      `Agent observability: the task types of ${agents} running agents are not watched, they are counted as task type "other": ${why}.`,
    );
  }

  private get isFull(): boolean {
    return this.known.length >= this.max;
  }

  /** @returns whether all were found */
  private async find(condition: string): Promise<boolean> {
    for (let round = 0; round < MAX_ROUNDS && !this.isFull; round++) {
      const { runs, more } = await this.visibility.list('task_types', allOf(condition, this.others), PAGE);
      const before = this.discovered.size;
      for (const { taskType } of runs) this.add(taskType);
      if (!more) return true;
      if (this.discovered.size === before) return false;
    }
    return false;
  }

  private add(taskType: string | undefined): void {
    if (taskType === undefined || this.isFull) return;
    if (!isAskable(taskType)) this.sawUnaskable = true;
    else this.discovered.add(taskType);
  }

  private epochOf(nowMs: number): number {
    return Math.floor(nowMs / this.config.expected.refreshMs);
  }

  /** The same for all exporters at one time. */
  private windowStart(nowMs: number): number {
    const { windowMs, refreshMs } = this.config.expected;
    return this.epochOf(nowMs) * refreshMs - windowMs;
  }
}

function closedSince(ms: number): string {
  return `CloseTime >= ${quoteTime(ms)}`;
}

/** None of several strings. */
function noneOf(values: readonly string[]): string | undefined {
  return values.length === 0 ? undefined : `AgentTaskType NOT IN (${values.map(quote).join(', ')})`;
}
