import type { ExporterQuery } from '../definitions/exporter-queries';

/** The steps of one poll. One that fails does not stop those after it. */
export class PollSteps {
  constructor(
    private readonly signal: AbortSignal,
    private readonly onFailure: (query: ExporterQuery, error: unknown) => void,
  ) {}

  /**
   * @returns what the step gives; `undefined` when it failed
   * @throws whatever the step throws because the polling was stopped
   */
  async run<T>(query: ExporterQuery, step: () => Promise<T>): Promise<T | undefined> {
    try {
      return await step();
    } catch (error) {
      if (this.signal.aborted) throw error;
      this.onFailure(query, error);
      return undefined;
    }
  }
}
