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
   * Series of a counter that grew in the window, or that came into being in it: a counter that first appears at 1 has not
   * increased. A series that was away for less than an hour is not new.
   */
  grew(selector: string, seconds: number): string {
    const window = this.duration(seconds);
    const known = `last_over_time(${selector}[${this.duration(KNOWN_SECONDS)}] offset ${window})`;
    return `((increase(${selector}[${window}]) > 0) or (last_over_time(${selector}[${window}]) unless ${known}))`;
  }

  /** Findings of the window, by what tells the affected runs apart. */
  findings(ids: readonly FindingId[], seconds: number, severity?: string): string {
    const finding = ids.length === 1 ? `finding="${ids[0]}"` : `finding=~"${ids.join('|')}"`;
    const matchers = severity === undefined ? finding : `${finding}, severity="${severity}"`;
    return `sum by (${this.byTaskType}, workflow_type, finding) (${this.grew(this.metric('findings', matchers), seconds)}) > 0`;
  }

  /**
   * A gauge of the exporter: replicas agree, so the largest counts; gaps of a few scrapes are bridged; a replica whose poll
   * no longer succeeds does not count.
   */
  exported(key: MetricKey, matchers = ''): string {
    const live = `time() - ${this.metric('exporterLastSuccess')} < ${this.seconds(900)}`;
    const value = `last_over_time(${this.metric(key, matchers)}[${this.duration(300)}])`;
    return `max by (${this.byTaskType}) (${value} and on (job, instance, ${this.namespace}) (${live}))`;
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
