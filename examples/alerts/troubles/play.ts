import type { Report } from '../report';
import type { Surroundings } from '../surroundings';
import { beginContentTrouble, CONTENT } from './content';
import { EXPORTER_ABSENT, EXPORTER_DOWN, EXPORTER_STALE, playExporterTroubles } from './exporter';
import { beginModelTroubles, MODELS } from './models';
import { beginRunTroubles, RUNS } from './runs';
import { playTrouble, type Trouble, type TroubleInPlay, type Watch } from './trouble';

/** Those that the agents' own Prometheus sees. The longest comes first. */
const PLAYS: readonly (readonly [Trouble, (surroundings: Surroundings) => Promise<TroubleInPlay>])[] = [
  [MODELS, beginModelTroubles],
  [RUNS, beginRunTroubles],
  [CONTENT, beginContentTrouble],
];

const OF_EXPORTER = [EXPORTER_STALE, EXPORTER_DOWN, EXPORTER_ABSENT] as const;

export const TROUBLES: readonly Trouble[] = [...PLAYS.map(([trouble]) => trouble), ...OF_EXPORTER];

/** What `--only` can name; the troubles of the exporter need what the one before leaves. */
export const TROUBLE_NAMES: readonly string[] = [...PLAYS.map(([{ name }]) => name), 'exporter'];

/** Alerts that are to be delivered when these are played. */
export function alertsOf(names: readonly string[]): readonly string[] {
  const played = [...PLAYS.map(([trouble]) => trouble).filter(({ name }) => names.includes(name))];
  if (names.includes('exporter')) played.push(...OF_EXPORTER);
  return played.flatMap(({ alerts }) => alerts.map(({ alert }) => alert));
}

/**
 * Plays these one after the other, but lets each resolve while the next is played.
 *
 * @returns Prometheus and Alertmanager of the exporter in trouble, if it was, for the caller to stop
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
    await Promise.all(resolutions);
  };
  const ofExporter = names.includes('exporter') ? playExporterTroubles(surroundings, report) : undefined;
  const [exporter] = await Promise.all([ofExporter, ofAgents()]);
  return { exporter };
}
