import { setTimeout as sleep } from 'node:timers/promises';
import type { CommandLine } from '../monitoring/command';

/** A worker stores findings a moment after it counts them, and visibility follows, too. */
const SOON_MS = 10_000;

/**
 * Runs the command of an alert as somebody would who was called.
 *
 * @returns what is wrong with it, or `undefined`
 */
export async function checkCommand(
  commands: CommandLine,
  command: string | undefined,
  workflowId?: string,
): Promise<string | undefined> {
  if (command === undefined) return 'the alert has no command';
  const deadline = Date.now() + SOON_MS;
  for (;;) {
    const { exitCode, output } = await commands.run(command);
    if (exitCode !== 0) return `exit code ${exitCode} of \`${command}\`: ${output}`;
    if (workflowId === undefined || output.includes(workflowId)) return undefined;
    if (Date.now() > deadline) return `${workflowId} is not named by \`${command}\`: ${output}`;
    await sleep(500);
  }
}
