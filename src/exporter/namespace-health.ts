import type { Logger } from '@temporalio/common';
import type { PollFailure } from './poll-failure';

/** Polls that may be missed before values count as stale. */
const STALE_INTERVALS = 3;

/** How the exporter stands with one namespace. */
export interface NamespaceStatus {
  readonly namespace: string;
  /** The values served are those of the last few polls. */
  readonly ready: boolean;
  /** One line: since when, how often, and what is wrong. */
  readonly summary: string;
  /** Time between the starts of two polls, in milliseconds. */
  readonly intervalMs: number;
  /** When the last poll that succeeded in everything ended, in milliseconds since the epoch. */
  readonly lastSuccessMs?: number;
  /** What went wrong in the last poll. */
  readonly failures: readonly string[];
}

/** What came of the polls of a namespace. */
export class NamespaceHealth {
  private lastSuccessMs: number | undefined;
  private failures: readonly PollFailure[] = [];
  /** Causes that were logged since the last success. */
  private readonly said = new Set<string>();

  constructor(
    private readonly namespace: string,
    private readonly logger: Logger,
  ) {}

  /** A poll is over. */
  polled(nowMs: number, failures: readonly PollFailure[]): void {
    this.failures = failures;
    for (const failure of failures) this.say(failure);
    if (failures.length > 0) return;
    this.lastSuccessMs = nowMs;
    if (this.said.size === 0) return;
    this.said.clear();
    const { namespace } = this;
    this.logger.info(`Agent observability: the exporter reads all of namespace "${namespace}" again`, { namespace });
  }

  status(nowMs: number, intervalMs: number): NamespaceStatus {
    const { namespace, lastSuccessMs } = this;
    const failures = [...new Set(this.failures.map(({ message }) => message))];
    const age = lastSuccessMs === undefined ? undefined : nowMs - lastSuccessMs;
    const since =
      age === undefined ? 'never succeeded' : `last success ${seconds(age)} ago, interval ${seconds(intervalMs)}`;
    const ready = age !== undefined && age <= STALE_INTERVALS * intervalMs;
    const why = ready || failures.length > 0 ? failures : ['a poll is under way'];
    return {
      namespace,
      ready,
      summary: [`namespace "${namespace}": ${since}`, ...why].join('; '),
      intervalMs,
      failures,
      ...(lastSuccessMs !== undefined && { lastSuccessMs }),
    };
  }

  /** Logs once per cause, until all is well again. */
  private say({ query, cause, message }: PollFailure): void {
    if (this.said.has(cause)) return;
    this.said.add(cause);
    const { namespace, lastSuccessMs } = this;
    const served =
      lastSuccessMs === undefined
        ? 'Nothing was read completely yet.'
        : `Values as of ${new Date(lastSuccessMs).toISOString()} are still served where there are no newer ones.`;
    this.logger.warn(
      `Agent observability: the exporter cannot read all of namespace "${namespace}": ${message}. ${served}`,
      { namespace, query },
    );
  }
}

function seconds(ms: number): string {
  return `${Number((ms / 1000).toFixed(ms < 10_000 ? 1 : 0))} s`;
}
