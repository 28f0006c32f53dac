import type { Report } from '../report';
import type { Surroundings } from '../surroundings';
import { beginContentTrouble, CONTENT } from './content';
import { EXPORTER_ABSENT, EXPORTER_DOWN, EXPORTER_STALE, playExporterTroubles } from './exporter';
import { beginModelTroubles, MODELS } from './models';
import { beginRunTroubles, RUNS } from './runs';
import { playTrouble, type Trouble, type TroubleInPlay, type Watch } from './trouble';
import { playWorkerTroubles, WORKER_DRAINS, WORKER_FAILED } from './workers';

/** Those that the agents' own Prometheus sees. The longest comes first. */
const PLAYS: readonly (readonly [Trouble, (surroundings: Surroundings) => Promise<TroubleInPlay>])[] = [
  [MODELS, beginModelTroubles],
  [RUNS, beginRunTroubles],
  [CONTENT, beginContentTrouble],
];

/** Those that need what the one before leaves, by the name of all of them. */
const SEQUENCES: Readonly<Record<'exporter' | 'workers', readonly Trouble[]>> = {
  exporter: [EXPORTER_STALE, EXPORTER_DOWN, EXPORTER_ABSENT],
  workers: [WORKER_FAILED, WORKER_DRAINS],
};

export const TROUBLES: readonly Trouble[] = [...PLAYS.map(([trouble]) => trouble), ...Object.values(SEQUENCES).flat()];

/** What `--only` can name. */
export const TROUBLE_NAMES: readonly string[] = [...PLAYS.map(([{ name }]) => name), ...Object.keys(SEQUENCES)];

/** Alerts that are to be delivered when these are played. */
export function alertsOf(names: readonly string[]): readonly string[] {
  const played = PLAYS.map(([trouble]) => trouble).filter(({ name }) => names.includes(name));
  const sequences = Object.entries(SEQUENCES).flatMap(([name, troubles]) => (names.includes(name) ? troubles : []));
  return [...played, ...sequences].flatMap(({ alerts }) => alerts.map(({ alert }) => alert));
}

/**
 * Plays these one after the other, but lets each resolve while the next is played.
 *
 * @returns what watched the exporter in trouble, if it was
 */
export async function playTroubles(
  names: readonly string[],
  surroundings: Surroundings,
  report: Report,
): Promise<{ readonly exporter: Watch | undefined }> {
  const ofAgents = async () => {
    const resolutions: Promise<void>[] = [];
    for (const [trouble, begin] of PLAYS.filter(([{ name }]) => names.includes(name))) {
      const recording = surroundings.record(trouble.name, trouble.namespace);
      const resolved = await playTrouble(trouble, () => begin(surroundings), surroundings, report, recording);
      resolutions.push(resolved());
    }
    if (names.includes('workers')) await playWorkerTroubles(surroundings, report);
    await Promise.all(resolutions);
  };
  const ofExporter = names.includes('exporter') ? playExporterTroubles(surroundings, report) : undefined;
  const [exporter] = await Promise.all([ofExporter, ofAgents()]);
  return { exporter };
}
