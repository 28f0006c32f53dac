import { checkPanels, type Silent } from '../monitoring/panels/check-panels';
import type { Report } from './report';
import { TIME_SCALE } from './settings';
import type { Surroundings } from './surroundings';

/** What dashboards ask about that does not occur in the rehearsal. What does occur, or is not asked, is to be taken off. */
export const SILENT: readonly Silent[] = [
  { queries: /^pipeline: Exporter \/ Requests that failed A$/, reason: 'Temporal answers all the time' },
  { queries: /^pipeline: Plugin \/ Label values folded into "other" A$/, reason: 'no label has that many values' },
];

export interface ShownRun {
  /** In milliseconds since the epoch. */
  readonly beganAtMs: number;
  /** Whether all of the rehearsal was played; of a part of it, much does not occur. */
  readonly whole: boolean;
}

/** Whether every panel shows what there was to see. */
export async function reportPanels(
  { monitoring }: Surroundings,
  { beganAtMs, whole }: ShownRun,
  report: Report,
): Promise<void> {
  const { summary, failures } = await checkPanels({
    prometheusUrl: monitoring.prometheusUrl,
    run: { from: beganAtMs / 1000, to: Date.now() / 1000 },
    timeScale: TIME_SCALE,
    ...(whole && { silent: SILENT }),
  });
  for (const failure of failures) report.fail('panels', failure);
  console.log(`panels: ${summary}`);
}
