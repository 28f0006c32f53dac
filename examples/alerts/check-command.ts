import { setTimeout as sleep } from 'node:timers/promises';
import type { CommandLine } from '../monitoring/command';
import type { Report } from './report';
import type { Surroundings } from './surroundings';

/** A worker stores findings a moment after it counts them, and visibility follows, too. */
const SOON_MS = 10_000;

/**
 * Runs the command of an alert as somebody would who was called.
 *
 * @param named what it has to name: the workflow id of an affected run, or how such ids begin
 * @returns what is wrong with it, or `undefined`
 */
export async function checkCommand(
  commands: CommandLine,
  command: string | undefined,
  named?: string,
): Promise<string | undefined> {
  if (command === undefined) return 'the alert has no command';
  const deadline = Date.now() + SOON_MS;
  for (;;) {
    const { exitCode, output } = await commands.run(command);
    if (exitCode !== 0) return `exit code ${exitCode} of \`${command}\`: ${output}`;
    if (named === undefined || output.includes(named)) return undefined;
    if (Date.now() > deadline) return `${named} is not named by \`${command}\`: ${output}`;
    await sleep(500);
  }
}

/** Runs the commands of all alerts that were delivered, whether they were waited for or not. */
export async function checkAllCommands({ monitoring, commands }: Surroundings, report: Report): Promise<void> {
  const delivered = monitoring.receiver.deliveries.filter(({ alert }) => alert.status === 'firing');
  const byCommand = new Map(delivered.map(({ alert }) => [alert.annotations.command, alert.labels.alertname ?? '']));
  let working = 0;
  for (const [command, alertname] of byCommand) {
    const wrong = await checkCommand(commands, command);
    if (wrong !== undefined) report.fail(alertname, wrong);
    else working++;
  }
  report.line('', `${working} of ${byCommand.size} commands of all that was delivered end with exit code 0`);
}
