/**
 * Expressions of the rules, in the subset that Prometheus 2.42 and 3 agree on.
 *
 * @module
 */

import type { FindingId } from '../definitions/findings';
import { METRICS, type MetricKey } from '../definitions/metrics';
import type { RuleConfig } from './rule-config';

/** How long a series may have been away and still be known, in seconds. */
const KNOWN_SECONDS = 3600;

/** How long the exporter's last values hold without a scrape, in seconds. */
const GAP_SECONDS = 600;

/** How long a replica of the exporter may go without a poll that succeeds, in seconds. */
const LIVE_SECONDS = 900;

export class PromQl {
  constructor(private readonly config: RuleConfig) {}

  /** Labels by which almost everything is grouped. */
  get byTaskType(): string {
    const { namespace, taskType } = this.config.labels;
    return `${namespace}, ${taskType}`;
  }

  get namespace(): string {
    return this.config.labels.namespace;
  }

  get taskType(): string {
    return this.config.labels.taskType;
  }

  /** A duration in PromQL, scaled. */
  duration(seconds: number): string {
    const ms = Math.max(1, Math.round((seconds * 1000) / this.config.timeScale));
    return ms % 1000 === 0 ? seconds_(ms / 1000) : `${ms}ms`;
  }

  /** A metric of ours with matchers, `suffix` for the parts of a histogram. */
  metric(key: MetricKey, matchers = '', suffix = ''): string {
    return `${METRICS[key].name}${suffix}${this.matchers(matchers)}`;
  }

  /** Whether targets answer. */
  scraped(matchers: string): string {
    return `up${this.matchers(matchers)}`;
  }

  /** A metric of the Core SDK, whatever suffixes the user's Runtime gives. */
  core(name: string, matchers = ''): string {
    const named = `__name__=~"${this.config.core.prefix}${name}(_total)?"`;
    return this.matchers(matchers === '' ? named : `${named}, ${matchers}`);
  }

  /**
   * Sum of a gauge of the Core SDK by namespace and task queue, its namespace under the name that our metrics have for it.
   * Every worker of a process writes the same series, so that it tells what the last one to change said.
   */
  coreByTaskQueue(name: string, matchers = ''): string {
    const { namespace } = this.config.core;
    const sum = `sum by (${namespace}, task_queue) (${this.core(name, matchers)})`;
    return namespace === this.namespace
      ? sum
      : `label_replace(${sum}, "${this.namespace}", "$1", "${namespace}", "(.*)")`;
  }

  /**
   * Series of a counter that grew in the window, or that came into being in it: a counter that first appears at 1 has not
   * increased. New is what was not known for an hour before, and what an answering target did not have when the window
   * began, as after a restart; a series that only was not scraped for a while is neither.
   */
  grew(selector: string, seconds: number): string {
    const window = this.duration(seconds);
    const last = `last_over_time(${selector}[${window}])`;
    const known = `last_over_time(${selector}[${this.duration(KNOWN_SECONDS)}] offset ${window})`;
    const answered = `(${this.scraped('')} offset ${window} == 1)`;
    return [
      `((increase(${selector}[${window}]) > 0)`,
      `or (${last} unless ${known})`,
      `or ((${last} unless ${selector} offset ${window}) and on (job, instance) ${answered}))`,
    ].join(' ');
  }

  /** Findings of the window, by what tells the affected runs apart. */
  findings(ids: readonly FindingId[], seconds: number, severity?: string): string {
    const finding = ids.length === 1 ? `finding="${ids[0]}"` : `finding=~"${ids.join('|')}"`;
    const matchers = severity === undefined ? finding : `${finding}, severity="${severity}"`;
    return `sum by (${this.byTaskType}, workflow_type, finding) (${this.grew(this.metric('findings', matchers), seconds)}) > 0`;
  }

  /**
   * A gauge of the exporter: replicas agree, so the largest counts. While a replica cannot be scraped or has just
   * restarted, its last values hold for a while; those of one whose polls no longer succeed do not.
   */
  exported(key: MetricKey, matchers = ''): string {
    const value = this.metric(key, matchers);
    const success = this.metric('exporterLastSuccess');
    const ofReplica = `on (job, instance, ${this.namespace})`;
    const gap = `[${this.duration(GAP_SECONDS)}]`;
    const interval = `last_over_time(${this.metric('exporterPollInterval')}${gap})`;
    const live = `time() - last_over_time(${success}${gap}) < clamp_min(3 * ${interval}, ${this.seconds(LIVE_SECONDS)})`;
    return `max by (${this.byTaskType}) ((${value} or (last_over_time(${value}${gap}) unless ${ofReplica} ${success})) and ${ofReplica} (${live}))`;
  }

  /** A number of seconds, scaled. */
  seconds(seconds: number): string {
    return String(seconds / this.config.timeScale);
  }

  private matchers(matchers: string): string {
    const all = [matchers, this.config.selector].filter((part) => part !== '').join(', ');
    return all === '' ? '' : `{${all}}`;
  }
}

function seconds_(seconds: number): string {
  if (seconds % 86_400 === 0) return `${seconds / 86_400}d`;
  if (seconds % 3600 === 0) return `${seconds / 3600}h`;
  if (seconds % 60 === 0) return `${seconds / 60}m`;
  return `${seconds}s`;
}
