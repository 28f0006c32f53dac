import type { Tokens } from './answer';

/** What a model's responses reported. Input includes cache, output includes reasoning, whatever the format says. */
export interface ModelUsage {
  calls: number;
  inputTokens: number;
  outputTokens: number;
  cacheReadTokens: number;
  cacheWriteTokens: number;
  reasoningTokens: number;
}

/** The truth that whoever observes the calls has to arrive at. */
export class UsageLedger {
  private readonly models = new Map<string, ModelUsage>();

  /** `tokens` is `undefined` for a response that carried no usage. */
  add(model: string, tokens: Tokens | undefined): void {
    const usage = this.models.get(model) ?? {
      calls: 0,
      inputTokens: 0,
      outputTokens: 0,
      cacheReadTokens: 0,
      cacheWriteTokens: 0,
      reasoningTokens: 0,
    };
    usage.calls++;
    usage.inputTokens += tokens?.input ?? 0;
    usage.outputTokens += tokens?.output ?? 0;
    usage.cacheReadTokens += tokens?.cacheRead ?? 0;
    usage.cacheWriteTokens += tokens?.cacheWrite ?? 0;
    usage.reasoningTokens += tokens?.reasoning ?? 0;
    this.models.set(model, usage);
  }

  snapshot(): Map<string, ModelUsage> {
    return new Map([...this.models].map(([model, usage]) => [model, { ...usage }]));
  }
}
