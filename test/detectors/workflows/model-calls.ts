import { type ActivityOptions, proxyActivities, proxyLocalActivities } from '@temporalio/workflow';

type Any = Record<string, (...args: readonly unknown[]) => Promise<unknown>>;

const bounded = { retry: { maximumAttempts: 3 } } satisfies ActivityOptions;
const short = { startToCloseTimeout: '1 minute' } satisfies ActivityOptions;

const OPTIONS = {
  healthy: { ...short, ...bounded },
  defaults: { startToCloseTimeout: '10 minutes' },

  long: { ...bounded, startToCloseTimeout: '10 minutes' },
  longWithHeartbeat: { ...bounded, startToCloseTimeout: '10 minutes', heartbeatTimeout: '30 seconds' },
  longWithHeartbeatOfZero: { ...bounded, startToCloseTimeout: '10 minutes', heartbeatTimeout: 0 },
  atThreshold: { ...bounded, startToCloseTimeout: '3 minutes' },
  overThreshold: { ...bounded, startToCloseTimeout: 180_001 },
  longToClose: { ...bounded, scheduleToCloseTimeout: '10 minutes' },
  longWithinShort: { startToCloseTimeout: '10 minutes', scheduleToCloseTimeout: '1 minute' },

  short,
  emptyRetry: { ...short, retry: {} },
  unlimitedAttempts: { ...short, retry: { maximumAttempts: Number.POSITIVE_INFINITY } },
  someErrorsFinal: { ...short, retry: { nonRetryableErrorTypes: ['Refused'], maximumInterval: '1 hour' } },
  oneAttempt: { ...short, retry: { maximumAttempts: 1 } },
  timeToClose: { ...short, scheduleToCloseTimeout: '2 minutes' },
} satisfies Record<string, ActivityOptions>;

export type OptionsName = keyof typeof OPTIONS;

export interface Call {
  readonly activity: string;
  readonly args?: readonly unknown[];
  readonly options: OptionsName;
  readonly local?: boolean;
}

/** Calls activities one after another. */
export async function calls(...all: readonly Call[]): Promise<void> {
  for (const { activity, args = [], options, local } of all) {
    const proxy = local ? proxyLocalActivities<Any>(OPTIONS[options]) : proxyActivities<Any>(OPTIONS[options]);
    await proxy[activity]?.(...args);
  }
}
