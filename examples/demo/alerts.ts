import { ensurePrometheusTool } from '../../scripts/prometheus-tools.mjs';
import type { DeliveredAlert } from '../monitoring/alert-receiver';
import { watchEnvironment } from '../monitoring/watched-environment';
import type { DemoEnvironment } from './environment';

/** What takes minutes in production takes seconds. */
const TIME_SCALE = 10;

/** Somebody may take twenty seconds to approve a purchase. */
const EXPECTED = { purchasing: '20s' };

/** Alerts that are shown beside the agents. */
export interface ShownAlerts {
  readonly prometheusUrl: string;
  /** What all durations are divided by. */
  readonly timeScale: number;
  readonly addresses: readonly string[];
  /** Those that fire now, one a line. */
  lines(): readonly string[];
  stop(): Promise<void>;
}

/**
 * Starts exporter, Prometheus and Alertmanager; where there is no terminal, alerts are printed as they come.
 *
 * @returns `undefined` where Prometheus or Alertmanager cannot be had: the demo does without
 */
export async function startAlerts(environment: DemoEnvironment): Promise<ShownAlerts | undefined> {
  try {
    await Promise.all([ensurePrometheusTool('prometheus'), ensurePrometheusTool('alertmanager')]);
  } catch {
    return undefined;
  }
  const firing = new Map<string, string>();
  const delivered = (alert: DeliveredAlert) => {
    const line = formatAlert(alert);
    if (alert.status === 'firing') firing.set(alert.fingerprint, line);
    else firing.delete(alert.fingerprint);
    if (!process.stdout.isTTY) console.log(line);
  };
  const options = { timeScale: TIME_SCALE, expected: EXPECTED, delivered };
  const { prometheusUrl, alertmanagerUrl, variables, stop } = await watchEnvironment(environment, options);
  return {
    prometheusUrl,
    timeScale: TIME_SCALE,
    addresses: [
      `Prometheus ${prometheusUrl}/alerts (all durations of the rules divided by ${TIME_SCALE})`,
      `Alerts     ${alertmanagerUrl}`,
      'For their commands:',
      ...Object.entries(variables).map(([name, value]) => `  export ${name}=${value}`),
    ],
    lines: () => [...firing.values()],
    stop,
  };
}

function formatAlert({ status, labels, annotations }: DeliveredAlert): string {
  const { alertname, severity } = labels;
  const mark = status === 'firing' ? 'ALERT' : 'resolved';
  return `${mark}  ${alertname} (${severity}): ${annotations.summary}: ${annotations.command}`;
}
