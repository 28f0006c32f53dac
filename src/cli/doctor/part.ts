import type { CheckResult, CheckStatus, PartName } from './report';
import { Unanswered } from './unanswered';

/** Collects what the checks of one part say. */
export class Part {
  readonly results: CheckResult[] = [];

  constructor(readonly name: PartName) {}

  ok(check: string, message: string): void {
    this.add(check, 'ok', message);
  }

  warning(check: string, message: string, fix: string): void {
    this.add(check, 'warning', message, fix);
  }

  problem(check: string, message: string, fix: string): void {
    this.add(check, 'problem', message, fix);
  }

  skipped(check: string, message: string, fix?: string): void {
    this.add(check, 'skipped', message, fix);
  }

  /** Does what a check does; an answer that does not come, or makes no sense, is its result. */
  async attempt(check: string, fix: string, look: () => Promise<void>): Promise<void> {
    try {
      await look();
    } catch (error) {
      if (!(error instanceof Unanswered)) throw error;
      this.problem(check, error.message, fix);
    }
  }

  /** Does several things side by side, and tells of them in order. */
  async together(looks: readonly ((part: Part) => Promise<void>)[]): Promise<void> {
    const parts = looks.map(() => new Part(this.name));
    await Promise.all(looks.map((look, i) => look(parts[i] as Part)));
    this.results.push(...parts.flatMap(({ results }) => results));
  }

  private add(check: string, status: CheckStatus, message: string, fix?: string): void {
    this.results.push({ part: this.name, check, status, message, ...(fix !== undefined && { fix }) });
  }
}
