/** Milliseconds between two lines of progress. */
const PROGRESS_MS = 3_000;

/** Is told often how far a command is. */
export type Progress = (line: () => string) => void;

/** Passes on a line now and then. */
export function throttled(note: (line: string) => void): Progress {
  let told = Date.now();
  return (line) => {
    if (Date.now() - told < PROGRESS_MS) return;
    told = Date.now();
    note(line());
  };
}
