import type { Visibility } from '../client/visibility';
import { allOf, oneOf, RUNNING } from '../client/visibility-query';
import { METRICS } from '../definitions/metrics';
import type { NamespaceMetrics } from '../metrics';
import { IS_AGENT, type TaskTypes } from './task-types';

/** Task type under which agents of types that are not watched are counted. */
const OTHER = 'other';

/** How many agents of each task type run. */
export class RunningAgents {
  /** Types of which agents ran in the last poll. It decides how few requests are needed, never what they give. */
  private busy: ReadonlySet<string> = new Set();

  constructor(
    private readonly visibility: Visibility,
    private readonly taskTypes: TaskTypes,
    private readonly metrics: NamespaceMetrics,
  ) {}

  /**
   * Counts, and sets the gauge.
   *
   * @param discover - looks for task types that were not known before, told whether any agent runs
   * @throws RequestFailed; the gauge is left as it was
   */
  async count(discover: (anyRunning: boolean) => Promise<void>): Promise<ReadonlyMap<string, number>> {
    const { taskTypes, metrics } = this;
    const anyRunning = (await this.countThose(IS_AGENT)) > 0;
    await discover(anyRunning);
    const running = new Map<string, number>(taskTypes.known.map((type) => [type, 0]));
    if (anyRunning) await this.countEach(running);
    const others = anyRunning && taskTypes.mayMissSome ? await this.countThose(taskTypes.others) : 0;
    if (others > 0) {
      taskTypes.sayMissed(others);
      metrics.inc('seriesOverflow', { metric: METRICS.workflowsRunning.name }, others);
    }
    const values = others > 0 ? [...running, [OTHER, others] as const] : [...running];
    metrics.setAll(
      'workflowsRunning',
      values.map(([type, value]) => ({ labels: { task_type: type }, value })),
    );
    return running;
  }

  /** Most types are idle most of the time, and for all of those together one request tells. */
  private async countEach(running: Map<string, number>): Promise<void> {
    const types = [...running.keys()];
    const idle = types.filter((type) => !this.busy.has(type));
    const areIdle = idle.length > 1 && (await this.countThose(oneOf('AgentTaskType', idle))) === 0;
    for (const type of areIdle ? types.filter((type) => this.busy.has(type)) : types) {
      running.set(type, await this.countThose(oneOf('AgentTaskType', [type])));
    }
    this.busy = new Set(types.filter((type) => running.get(type) !== 0));
  }

  private countThose(condition: string): Promise<number> {
    return this.visibility.count('running', allOf(RUNNING, condition));
  }
}
