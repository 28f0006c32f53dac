/**
 * What a reader of the dashboard of the patterns is told: what each finding means, and how to find what it is about.
 *
 * @module
 */

import { FINDINGS, type FindingDefinition } from '#lib/definitions/findings';
import type { PatternNumber } from '#lib/definitions/patterns';
import { DEFAULT_RULE_CONFIG } from '#lib/rules/rule-config';
import { alertsOfPattern } from './alerts';

const BINARY = 'temporal-agent-observability';

/** Found by a command alone, so that no metric counts it. */
const OF_A_COMMAND: readonly string[] = ['replay-incompatible'];

/** What helps beside `findings`, by pattern. */
const COMMANDS: Readonly<Partial<Record<PatternNumber, readonly string[]>>> = {
  3: ['overdue'],
  5: ['orphans'],
  6: ['approvals list --overdue'],
  7: ['replay-check --workflows <path>'],
  8: ['setup'],
  11: ['transforms --workflows <path>'],
};

export function findingsOf(pattern: PatternNumber): readonly FindingDefinition[] {
  return FINDINGS.filter((finding) => finding.pattern === pattern);
}

/** The findings of a pattern that a metric counts. */
export function countedFindingsOf(pattern: PatternNumber): readonly string[] {
  return findingsOf(pattern)
    .map(({ id }) => id)
    .filter((id) => !OF_A_COMMAND.includes(id));
}

/** What to do about a pattern, as Markdown. */
export function cure(pattern: PatternNumber): string {
  const commands = [
    ...countedFindingsOf(pattern).map((id) => `findings --id ${id} --since 1h`),
    ...(COMMANDS[pattern] ?? []),
  ];
  return [
    ...findingsOf(pattern).map(({ id, title, advice }) => `**${id}**: ${title}. ${advice}\n`),
    'Which runs:\n',
    '```sh',
    ...commands.map((command) => `${BINARY} ${command}`),
    '```',
    '',
    `Runbooks: ${alertsOfPattern(pattern).map(runbook).join(', ')}`,
  ].join('\n');
}

function runbook({ alert }: { readonly alert: string }): string {
  return `[${alert}](${DEFAULT_RULE_CONFIG.urls.runbooks}/${alert}.md)`;
}
