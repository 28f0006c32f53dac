import type { Command } from 'commander';
import { createProgram } from '#lib/cli/program';

const NAME = 'temporal-agent-observability';

/** Reads a command as a shell and the command line do, runs nothing, and throws an error that says what is wrong. */
export function checkCommand(text: string): void {
  const [name, ...args] = words(text);
  if (name !== NAME) throw new Error(`not a command of ours: ${text}`);
  const silent = { print: () => {}, note: () => {} };
  let command: Command = createProgram(silent, { isInteractive: false, ask: async () => '' });
  while (args[0] !== undefined) {
    const next = command.commands.find((candidate) => candidate.name() === args[0]);
    if (next === undefined) break;
    command = next;
    args.shift();
  }
  if (command.commands.length > 0) throw new Error(`unknown command ${args[0]}: ${text}`);
  const { operands, unknown } = command.parseOptions(args);
  if (unknown.length > 0) throw new Error(`unknown option ${unknown[0]}: ${text}`);
  const missing = command.options.find(
    (option) => option.mandatory && command.getOptionValue(option.attributeName()) === undefined,
  );
  if (missing !== undefined) throw new Error(`${missing.flags} is missing: ${text}`);
  const known = command.registeredArguments;
  const required = known.filter((argument) => argument.required).length;
  if (operands.length < required || operands.length > known.length)
    throw new Error(`wrong number of arguments: ${text}`);
}

/** Commands of ours in Markdown: lines of code blocks, and code in sentences. */
export function commandsIn(markdown: string): string[] {
  const code = [...markdown.matchAll(/```\w*\n([\s\S]*?)```/g)].flatMap(([, block = '']) => block.split('\n'));
  const inline = [...markdown.replaceAll(/```[\s\S]*?```/g, '').matchAll(/`([^`]+)`/g)].map(([, text = '']) => text);
  return [...code, ...inline].map((line) => line.trim()).filter((line) => line.startsWith(`${NAME} `));
}

function words(text: string): string[] {
  const found = text.match(/(?:'[^']*'|"(?:[^"\\]|\\.)*"|\\.|[^\s'"\\])+/g) ?? [];
  return found.map((word) => word.replaceAll(/'([^']*)'|"((?:[^"\\]|\\.)*)"|\\(.)/g, '$1$2$3'));
}
