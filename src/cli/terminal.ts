import { createInterface } from 'node:readline/promises';
import type { Readable, Writable } from 'node:stream';

/** Where a command asks the person who runs it; tests answer in their place. */
export interface Terminal {
  /** There is someone who can answer. */
  readonly isInteractive: boolean;
  /** The line that was typed, empty at the end of the input. */
  ask(question: string): Promise<string>;
}

/** Asks on `output`, which is not the one that is piped. */
export function createTerminal(input: Readable & { readonly isTTY?: boolean }, output: Writable): Terminal {
  return {
    isInteractive: input.isTTY === true,
    async ask(question) {
      const lines = createInterface({ input, output });
      const ended = new Promise<string>((resolve) => {
        lines.once('close', () => resolve(''));
      });
      try {
        return await Promise.race([lines.question(question), ended]);
      } finally {
        lines.close();
      }
    },
  };
}

export const PROCESS_TERMINAL: Terminal = createTerminal(process.stdin, process.stderr);
