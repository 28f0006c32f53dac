import { inhibitRules } from '#lib/rules/inhibit-rules';
import { type AlertThresholds, DEFAULT_RULE_CONFIG, type RuleConfig } from '#lib/rules/rule-config';

/** What is scraped, by host and port. */
export interface ScrapeTargets {
  readonly workers: readonly string[];
  /** Left out: Prometheus does not know of one. */
  readonly exporter?: string;
}

/** What the shipped rules are made for: as they are, but for the divisor of all their durations and what is given. */
export function ruleConfig(timeScale: number, thresholds: Partial<AlertThresholds> = {}): RuleConfig {
  return { ...DEFAULT_RULE_CONFIG, thresholds: { ...DEFAULT_RULE_CONFIG.thresholds, ...thresholds }, timeScale };
}

/** Seconds in production, as a duration of Prometheus in a rehearsal. */
export function scaled(seconds: number, timeScale: number): string {
  return `${Math.max(1, Math.round((seconds * 1000) / timeScale))}ms`;
}

export function prometheusConfig(targets: ScrapeTargets, alertmanager: string, rules: string): object {
  const job = (job_name: string, addresses: readonly string[]) => ({
    job_name,
    static_configs: [{ targets: addresses }],
  });
  const { workers, exporter } = targets;
  return {
    global: { scrape_interval: '1s', scrape_timeout: '1s', evaluation_interval: '1s' },
    rule_files: [rules],
    alerting: { alertmanagers: [{ static_configs: [{ targets: [alertmanager] }] }] },
    scrape_configs: [
      job('temporal-agent-worker', workers),
      job('temporal-agent-exporter', exporter === undefined ? [] : [exporter]),
    ],
  };
}

/** Alertmanager's own defaults, scaled; each alert is notified of alone, so that a notification says exactly one thing. */
export function alertmanagerConfig(webhook: string, timeScale: number): object {
  return {
    route: {
      receiver: 'webhook',
      group_by: ['...'],
      group_wait: scaled(30, timeScale),
      group_interval: scaled(300, timeScale),
      repeat_interval: scaled(4 * 3600, timeScale),
    },
    inhibit_rules: inhibitRules(ruleConfig(timeScale)),
    receivers: [{ name: 'webhook', webhook_configs: [{ url: webhook, send_resolved: true }] }],
  };
}
