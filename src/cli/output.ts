/** Where commands print; tests read what was printed. */
export interface Output {
  /** What the command was asked for. */
  print(line: string): void;
  /** Progress, advice and errors: apart from the output, so that it can be piped. */
  note(line: string): void;
}

export const PROCESS_OUTPUT: Output = {
  print: (line) => process.stdout.write(`${line}\n`),
  note: (line) => process.stderr.write(`${line}\n`),
};
