import { run } from '#lib/cli/program';

export interface CliResult {
  readonly exitCode: number;
  readonly out: string;
  readonly err: string;
}

/** Runs the command line in this process. */
export async function cli(...args: string[]): Promise<CliResult> {
  const out: string[] = [];
  const err: string[] = [];
  const exitCode = await run(args, { print: (line) => out.push(line), note: (line) => err.push(line) });
  return { exitCode, out: out.join('\n'), err: err.join('\n') };
}
