/** Collects what was verified, so that one failure does not hide the others. */
export class Checks {
  private readonly failures: string[] = [];

  constructor(private readonly print: (line: string) => void) {}

  /** @param detail - what was found instead, shown when the check fails */
  check(what: string, holds: boolean, detail: () => string): void {
    if (holds) {
      this.print(`ok      ${what}`);
      return;
    }
    const failure = `${what}: ${detail()}`;
    this.print(`FAILED  ${failure}`);
    this.failures.push(failure);
  }

  equal(what: string, actual: unknown, expected: unknown): void {
    const [found, wanted] = [show(actual), show(expected)];
    this.check(what, found === wanted, () => `expected ${wanted}, found ${found}`);
  }

  get failed(): readonly string[] {
    return this.failures;
  }
}

function show(value: unknown): string {
  if (value instanceof Map) return JSON.stringify([...value].sort(([a], [b]) => String(a).localeCompare(String(b))));
  return JSON.stringify(value) ?? 'nothing';
}
