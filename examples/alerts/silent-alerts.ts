import { isAlert } from '#lib/rules/rule';
import { ruleGroups } from '#lib/rules/rule-groups';
import { ruleConfig } from '../monitoring/configuration';
import type { Monitoring } from '../monitoring/monitoring';
import type { Report } from './report';
import { SCALED_THRESHOLDS, TIME_SCALE } from './settings';

/** Of the whole rehearsal: an alert that ships and has not fired, be it held back by another one, is a failure. */
export async function reportSilentAlerts(watching: readonly Monitoring[], report: Report): Promise<void> {
  const series = await Promise.all(watching.map((monitoring) => monitoring.fired()));
  const fired = new Set(series.flat().map(({ alertname }) => alertname));
  const rules = ruleGroups(ruleConfig(TIME_SCALE, SCALED_THRESHOLDS)).flatMap((group) => group.rules);
  const alerts = rules.filter(isAlert).map(({ alert }) => alert);
  const silent = alerts.filter((alert) => !fired.has(alert));
  for (const alert of silent) report.fail(alert, 'ships and has not fired');
  report.line('', `${alerts.length - silent.length} of ${alerts.length} alerts that ship have fired`);
}
