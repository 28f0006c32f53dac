/**
 * The frozen rule `sa-v1`: at which positions a run writes its search attributes.
 *
 * Replay compares that and where an upsert happened, not its values. So the positions depend on the structure of the
 * run alone, never on payloads, options or readers, and must not change as long as runs with the marker `sa-v1` are
 * open; another rule gets another marker.
 *
 * @module
 */

export class SearchAttributeWriter {
  private on = false;
  private first = true;
  private fresh = 0;
  private unwritten = 0;
  private n = 0;

  /** @param write performs exactly one upsert and never throws */
  constructor(private readonly write: () => void) {}

  /** (a) The run starts; `on` is what `patched` said. */
  start(on: boolean): void {
    this.on = on;
  }

  /** (b) A remote activity or a child workflow came to its end, however. */
  resolved(): void {
    this.fresh++;
    this.unwritten++;
  }

  /** (c) The workflow schedules a remote activity or starts a child workflow. */
  scheduling(): void {
    if (!this.on || !(this.first || this.fresh > 0)) return;
    this.first = false;
    this.fresh = 0;
    this.n++;
    if (this.n === 1 || (this.n <= 200 && this.n % 2 === 0) || this.n % 10 === 0) this.writeNow();
  }

  /** (d) The run continues as new, and (e) the workflow function settled. */
  ending(): void {
    if (this.on && this.unwritten > 0) this.writeNow();
  }

  /** Whether this run writes at all. */
  get writes(): boolean {
    return this.on;
  }

  /** A position of `approvals-v1`, see `approvals/request-approval.ts`. */
  approvalChanged(): void {
    if (this.on) this.writeNow();
  }

  /** (f) */
  private writeNow(): void {
    this.unwritten = 0;
    this.write();
  }
}
