import { performance } from 'node:perf_hooks';

/** Progress on stdout, and what went wrong. */
export class Report {
  delivered = 0;
  resolved = 0;
  unexpected = 0;
  /** Of alerts that are about none of the patterns. */
  readonly troubles = { delivered: 0, resolved: 0 };
  readonly failures: string[] = [];
  readonly #begin = performance.now();

  line(subject: string, text: string): void {
    const seconds = ((performance.now() - this.#begin) / 1000).toFixed(0);
    console.log(`${seconds.padStart(4)} s  ${subject.padEnd(SUBJECT_WIDTH)}${text}`);
  }

  fail(subject: string, text: string): void {
    this.failures.push(`${subject}: ${text}`);
    this.line(subject, `FAILED: ${text}`);
  }
}

const SUBJECT_WIDTH = 32;
