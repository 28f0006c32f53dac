import { type Command, InvalidArgumentError, Option } from 'commander';
import { OUTCOMES } from '../../activity/observation';
import { MAX_CALLS_AGE_MS, readCalls } from '../../content/calls-reader';
import { LLM_ERROR_TYPES } from '../../llm/types';
import { type CallFilter, isAskedFor } from '../calls/call-filter';
import { printCalls } from '../calls/print-calls';
import { buildCallsReport, CALL_ORDERS, type CallOrder } from '../calls/report';
import { addNamespaceOption } from '../connection';
import { addContentDirectoryOption, type ContentDirectoryFlags, readContentDirectory } from '../content-directory';
import { parseDuration } from '../duration';
import type { Output } from '../output';
import { wholeNumber } from '../whole-number';

interface CallsFlags extends CallFilter, ContentDirectoryFlags {
  readonly namespace: string;
  readonly since: number;
  readonly sort: CallOrder;
  readonly limit: number;
  readonly json?: boolean;
}

const HOUR_MS = 3_600_000;
const DEFAULT_LIMIT = 100;
const MAX_LIMIT = 100_000;

export function addCallsCommand(program: Command, output: Output): void {
  const command = program
    .command('calls')
    .description(
      'Lists the model calls of agents by how they ended and how long they took, and the runs that they belong to.',
    )
    .option('--task-type <type>', 'only agents of this AgentTaskType')
    .option('--provider <name>', 'only calls of this provider, as in metrics: openai, anthropic, ..., unknown')
    .option('--model <name>', 'only calls of this model, as the response named it or as it was asked for; or unknown')
    .option(
      '--outcome <outcomes>',
      `only calls that ended so: ${OUTCOMES.join(', ')}; several with commas`,
      listOf(OUTCOMES),
    )
    .option(
      '--error-type <types>',
      'only calls that failed with an error of this class, for example rate_limited; several with commas',
      listOf(LLM_ERROR_TYPES),
    )
    .option('--slower-than <duration>', 'only calls that took longer: a number and s, m, h or d', parseDuration)
    .addOption(
      new Option('--since <duration>', 'how far back, up to 31d: a number and s, m, h or d')
        .argParser(parseSince)
        .default(HOUR_MS, '1h'),
    )
    .addOption(
      new Option('--sort <what>', 'what is printed first: the last, the longest, the most tokens, the highest cost')
        .choices(CALL_ORDERS)
        .default('last'),
    )
    .option('--limit <n>', `most lines to print, up to ${MAX_LIMIT}`, wholeNumber(1, MAX_LIMIT), DEFAULT_LIMIT)
    .option('--json', 'print the calls as JSON; its form is described in docs/calls.md');
  addNamespaceOption(addContentDirectoryOption(command))
    .addHelpText(
      'after',
      `
Reads the records of workers and asks Temporal nothing. Every attempt of an activity is a call. A line stands for the
calls of one run to one model that ended alike; explain <workflow-id> tells each of them.

Examples:
  $ temporal-agent-observability calls --outcome error,timeout
  $ temporal-agent-observability calls --error-type rate_limited,overloaded --model gpt-4.1
  $ temporal-agent-observability calls --task-type research --slower-than 2m --since 1d
  $ temporal-agent-observability calls --sort cost --limit 10
  $ temporal-agent-observability calls --outcome refusal --json | jq -r '.entries[].workflowId' | sort -u`,
    )
    .action(async (flags: CallsFlags) => {
      const { namespace, since, sort: order, limit } = flags;
      const sinceMs = Date.now() - since;
      const found = await readContentDirectory(flags, 'Calls', (store) =>
        readCalls(store, { namespace, sinceMs, matches: (call) => isAskedFor(call, flags) }),
      );
      const report = buildCallsReport({ namespace, sinceMs, found, order, limit });
      if (flags.json === true) output.print(JSON.stringify(report, null, 2));
      else for (const line of printCalls(report)) output.print(line);
    });
}

function parseSince(value: string): number {
  const ms = parseDuration(value);
  if (ms > MAX_CALLS_AGE_MS) throw new InvalidArgumentError('expected 31d at most');
  return ms;
}

function listOf<T extends string>(known: readonly T[]): (value: string) => readonly T[] {
  return (value) =>
    value.split(',').map((name) => {
      const found = known.find((each) => each === name.trim());
      if (found === undefined) throw new InvalidArgumentError(`expected one or more of ${known.join(', ')}`);
      return found;
    });
}
