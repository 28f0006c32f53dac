import { THRESHOLDS } from '../../examples/alerts/settings';
import { inputOf, type Recording, SAMPLE_SECONDS } from './recording';
import { ALERTS, type AlertTest, CONFIG, promtoolTests } from './support';

/** What was given to `render` when the recordings were made. */
const RECORDED_CONFIG = { ...CONFIG, thresholds: { ...CONFIG.thresholds, ...THRESHOLDS } };

/** What is expected of a replay; every alert that is not named is expected not to fire at all. */
export interface Replay {
  /** Alerts that fire at some time. */
  readonly fires: readonly string[];
  /** Whether all of them do, or some may be missing. */
  readonly whole?: boolean;
  /** Alerts that have fired before a sample. */
  readonly before?: readonly [sample: number, alerts: readonly string[]];
  /** Alerts that fire at a sample, by its number. */
  readonly at?: Readonly<Record<number, readonly string[]>>;
  /** An alert, and the task types of which it fires at some time, each for itself. */
  readonly instances?: readonly [alert: string, taskTypes: readonly string[]];
}

const NAMES = ALERTS.map(({ alert }) => alert);

/** Replays a recording against all rules; rejects with what promtool says where anything is not as expected. */
export async function replay(
  recording: Recording,
  { fires, whole = true, before, at = {}, instances }: Replay,
): Promise<void> {
  for (const alert of [...fires, ...(before?.[1] ?? []), ...Object.values(at).flat()]) {
    if (!NAMES.includes(alert)) throw new Error(`there is no alert ${alert}`);
  }
  const tests = [
    whole ? hasFired(recording.length, fires) : hasFired(recording.length, [], `alertname!~"${fires.join('|')}", `),
    ...(before === undefined ? [] : [hasFired(before[0], before[1], `alertname=~"${before[1].join('|')}", `)]),
    ...(instances === undefined ? [] : [hasFiredFor(recording.length, ...instances)]),
    ...Object.entries(at).map(([sample, alerts]) => firesNow(Number(sample), alerts)),
  ];
  await promtoolTests(
    { input_series: inputOf(recording), promql_expr_test: tests },
    RECORDED_CONFIG,
    `${SAMPLE_SECONDS}s`,
  );
}

function hasFired(sample: number, alerts: readonly string[], matcher = ''): AlertTest {
  const whole = `[${(sample + 1) * SAMPLE_SECONDS}s]`;
  return alertTest(
    sample,
    `group by (alertname) (last_over_time(ALERTS{${matcher}alertstate="firing"}${whole}))`,
    alerts,
  );
}

function hasFiredFor(sample: number, alert: string, taskTypes: readonly string[]): AlertTest {
  const whole = `[${(sample + 1) * SAMPLE_SECONDS}s]`;
  return {
    expr: `group by (task_type) (last_over_time(ALERTS{alertname="${alert}", alertstate="firing"}${whole}))`,
    eval_time: `${sample * SAMPLE_SECONDS}s`,
    exp_samples: taskTypes.map((taskType) => ({ labels: `{task_type="${taskType}"}`, value: 1 })),
  };
}

function firesNow(sample: number, alerts: readonly string[]): AlertTest {
  return alertTest(sample, 'group by (alertname) (ALERTS{alertstate="firing"})', alerts);
}

function alertTest(sample: number, expr: string, alerts: readonly string[]): AlertTest {
  const exp_samples = [...alerts].sort().map((alert) => ({ labels: `{alertname="${alert}"}`, value: 1 }));
  return { expr, eval_time: `${sample * SAMPLE_SECONDS}s`, exp_samples };
}
