import { printableLines } from './printable';

/** Where commands print; tests read what was printed. */
export interface Output {
  /** What the command was asked for. */
  print(line: string): void;
  /** Progress, advice and errors: apart from the output, so that it can be piped. */
  note(line: string): void;
}

/** Keeps what agents and providers wrote from steering the terminal, whichever command prints it. */
export function safeOutput(output: Output): Output {
  return {
    print: (line) => output.print(printableLines(line)),
    note: (line) => output.note(printableLines(line)),
  };
}

export const PROCESS_OUTPUT: Output = {
  print: (line) => process.stdout.write(`${line}\n`),
  note: (line) => process.stderr.write(`${line}\n`),
};
