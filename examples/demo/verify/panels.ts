import { setTimeout as sleep } from 'node:timers/promises';
import { checkPanels, type Silent } from '../../monitoring/panels/check-panels';
import { DASHBOARDS } from '../../monitoring/panels/shipped-dashboards';
import type { ShownAlerts } from '../alerts';
import type { Checks } from './checks';

/** Nothing that fails is played, and nobody is asked for an approval, so that the other dashboards have nothing to show. */
export const SHOWN: readonly string[] = ['agents', 'models', 'pipeline'];

/** What these ask about that healthy agents do not show. What they do show is to be taken off. */
export const SILENT: readonly Silent[] = [
  { queries: /Findings A$/, reason: 'nothing is found' },
  { queries: /^models: Now \/ Alerts A$/, reason: 'no alert fires' },
  {
    queries: /^(agents|pipeline): Now \/ Alerts A$/,
    reason: 'until the first scrape, the exporter is absent, and alerts may be pending',
    mayOccur: true,
  },
  { queries: /^pipeline: Plugin \/ Workers B$/, reason: 'no worker fails' },
  { queries: /^agents: Fleet \/ Oldest overdue task A$/, reason: 'no task is overdue' },
  {
    queries: /^agents: (Tasks that closed|Now \/ Overdue approvals|Now \/ Cannot go on)/,
    reason: 'the exporter looks at these every few seconds, or some seconds later, when agents may be gone',
    mayOccur: true,
  },
  { queries: /^models: (Now \/ Without usage|What is not known \/ .*) [AB]$/, reason: 'usage and price are known' },
  { queries: /^models: Outcomes \/ Attempts to be retried B$/, reason: 'the one error is a rate limit' },
  {
    queries: /^models: Tokens and cost \/ Input from a cache, share A$/,
    reason: 'tokens from the cache may all be counted by the first scrape of their series',
    mayOccur: true,
  },
  { queries: /^pipeline: Plugin \/ Transforms A$/, reason: 'no agent transforms outputs' },
  { queries: /^pipeline: Plugin \/ Errors of the observer by part A$/, reason: 'the observer makes no errors' },
  { queries: /^pipeline: Plugin \/ Label values folded into "other" A$/, reason: 'no label has that many values' },
  { queries: /^pipeline: Exporter \/ Requests that failed A$/, reason: 'Temporal answers all the time' },
  { queries: /^pipeline: Exporter \/ Polls per minute A$/, reason: 'there may be one poll a window', mayOccur: true },
];

/** A poll of the exporter and a scrape, each of which comes every second. */
const SEEN_MS = 3_000;

/** Every panel shows what there was to see. */
export async function verifyPanels(
  checks: Checks,
  { prometheusUrl, timeScale }: ShownAlerts,
  beganAtMs: number,
): Promise<void> {
  const run = { from: beganAtMs / 1000, to: Date.now() / 1000 };
  const dashboards = new Map([...DASHBOARDS].filter(([name]) => SHOWN.includes(name)));
  const { summary, failures } = await checkPanels({ prometheusUrl, run, timeScale, dashboards, silent: SILENT });
  checks.check(`panels: ${summary}`, failures.length === 0, () => `\n${failures.join('\n')}`);
}

export async function untilSeen(): Promise<void> {
  await sleep(SEEN_MS);
}
