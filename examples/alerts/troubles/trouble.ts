import type { Monitoring } from '../../monitoring/monitoring';
import { checkCommand } from '../check-command';
import { untilDelivered, untilQuiet, untilResolved } from '../delivered';
import type { ExpectedAlert } from '../expectations';
import type { Recording } from '../recording/recording';
import type { Report } from '../report';
import { TIME_SCALE } from '../settings';
import type { Surroundings } from '../surroundings';

export interface TroubleAlert extends ExpectedAlert {
  /** How the workflow ids begin of the runs that the command of the alert has to name, where it names runs. */
  readonly names?: string;
}

/** Something that goes wrong and is none of the failure patterns. */
export interface Trouble {
  /** Name of its recording, too. */
  readonly name: string;
  readonly namespace: string;
  /** What goes wrong, in one sentence. */
  readonly breaks: string;
  readonly cure: string;
  readonly alerts: readonly TroubleAlert[];
}

/** A trouble that has begun. */
export interface TroubleInPlay {
  mend(): Promise<void>;
  /** Called in any case. */
  end(): Promise<void>;
}

export interface Watch {
  readonly monitoring: Monitoring;
  readonly commands: Surroundings['commands'];
}

/** A model is slow only after ten minutes, and half of that may pass before it is seen. */
const DELIVERY_MS = (20 * 60_000) / TIME_SCALE + 40_000;
/** Budgets are by the hour. */
const RESOLUTION_MS = (80 * 60_000) / TIME_SCALE + 60_000;

/**
 * Lets a trouble begin, waits for all of its alerts, mends it.
 *
 * @returns what waits for them to be resolved
 */
export async function playTrouble(
  trouble: Trouble,
  begin: () => Promise<TroubleInPlay>,
  watch: Watch,
  report: Report,
  recording: Recording | undefined,
): Promise<() => Promise<void>> {
  const { name, alerts } = trouble;
  const { receiver } = watch.monitoring;
  const play = await begin();
  recording?.mark('broken');
  report.line(name, `broken: ${trouble.breaks}`);
  const delivered = await Promise.all(
    alerts.map(async (expected) => {
      const labels = labelsOf(expected);
      const delivery = await untilDelivered(receiver, { status: 'firing', labels }, DELIVERY_MS);
      if (delivery === undefined) report.fail(name, `${expected.alert} was not delivered`);
      else
        report.line(name, `delivered: ${expected.alert} (${expected.severity}): ${delivery.alert.annotations.summary}`);
      return delivery && { expected, labels, command: delivery.alert.annotations.command };
    }),
  );
  // What names runs names them while they are in trouble; other commands need what is out of order meanwhile.
  await checkCommands(({ names }) => names !== undefined);
  await play.mend();
  recording?.mark('mended');
  report.line(name, `mended: ${trouble.cure}`);
  await checkCommands(({ names }) => names === undefined);

  return async () => {
    for (const delivery of delivered) {
      if (delivery === undefined) continue;
      const rest = await untilResolved(receiver, delivery.labels, RESOLUTION_MS);
      for (const { alert } of rest) report.fail(name, `not resolved: ${JSON.stringify(alert.labels)}`);
      if (rest.length > 0) continue;
      report.troubles.resolved++;
      report.line(name, `resolved: ${delivery.expected.alert}`);
    }
    if (recording !== undefined) await untilQuiet(watch.monitoring, trouble.namespace, RESOLUTION_MS);
    await recording?.end();
    await play.end();
  };

  async function checkCommands(which: (alert: TroubleAlert) => boolean): Promise<void> {
    for (const delivery of delivered) {
      if (delivery === undefined || !which(delivery.expected)) continue;
      const wrong = await checkCommand(watch.commands, delivery.command, delivery.expected.names);
      if (wrong === undefined) report.troubles.delivered++;
      else report.fail(name, wrong);
    }
  }

  function labelsOf({ alert, severity }: ExpectedAlert) {
    const labels = { alertname: alert, severity };
    return WITHOUT_NAMESPACE.has(alert) ? labels : { ...labels, temporal_namespace: trouble.namespace };
  }
}

/** Where nothing is scraped, nobody knows of which namespace. */
const WITHOUT_NAMESPACE: ReadonlySet<string> = new Set(['TemporalAgentExporterAbsent', 'TemporalAgentExporterDown']);
