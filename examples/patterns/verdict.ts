import type { ExampleAgent } from './pattern-example';
import type { ExampleRun } from './run';

export interface Verdict {
  /** Findings that should have been made. */
  readonly missing: readonly string[];
  /** Findings that should not. */
  readonly unexpected: readonly string[];
}

/** Compares the whole set: one finding too many is as wrong as one too few. */
export function judge({ findings: expected }: ExampleAgent, { findings }: ExampleRun): Verdict {
  const missing = expected.map(([id, severity]) => `${id} (${severity})`);
  const unexpected: string[] = [];
  for (const { id, severity } of findings) {
    const index = missing.indexOf(`${id} (${severity})`);
    if (index === -1) unexpected.push(`${id} (${severity})`);
    else missing.splice(index, 1);
  }
  return { missing, unexpected };
}
