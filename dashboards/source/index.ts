import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import type { DashboardName } from '#lib/rules/rule';
import { AGENTS } from './agents';
import { APPROVALS } from './approvals';
import { dashboard } from './dashboard';
import { MODELS } from './models';
import { FAILURE_PATTERNS } from './patterns';
import { PIPELINE } from './pipeline';

/** Every dashboard of the package. */
export function dashboards(): Readonly<Record<DashboardName, Dashboard>> {
  return {
    agents: dashboard(AGENTS),
    models: dashboard(MODELS),
    approvals: dashboard(APPROVALS),
    patterns: dashboard(FAILURE_PATTERNS),
    pipeline: dashboard(PIPELINE),
  };
}
