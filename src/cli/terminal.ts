import { createInterface } from 'node:readline/promises';
import type { Readable, Writable } from 'node:stream';

/** Where a command asks the person who runs it. */
export interface Terminal {
  /** There is someone who can answer. */
  readonly isInteractive: boolean;
  /** The line that was typed; empty when the input ends, or is ended with Ctrl-C, before there is one. */
  ask(question: string): Promise<string>;
}

/** @param output where questions are shown; not where a command's output goes, which may be piped */
export function createTerminal(input: Readable & { readonly isTTY?: boolean }, output: Writable): Terminal {
  return {
    isInteractive: input.isTTY === true,
    async ask(question) {
      const lines = createInterface({ input, output });
      const answer = await new Promise<string | undefined>((resolve, reject) => {
        lines.once('close', () => resolve(undefined));
        lines.question(question).then(resolve, reject);
      });
      lines.close();
      // Whatever is printed next does not belong in the line of the question.
      if (answer === undefined) output.write('\n');
      return answer ?? '';
    },
  };
}

export const PROCESS_TERMINAL: Terminal = createTerminal(process.stdin, process.stderr);
