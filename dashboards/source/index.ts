import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import type { DashboardName } from '#lib/rules/rule';
import { AGENTS } from './agents';
import { dashboard } from './dashboard';

/** Every dashboard of the package. */
export function dashboards(): Readonly<Partial<Record<DashboardName, Dashboard>>> {
  return { agents: dashboard(AGENTS) };
}
