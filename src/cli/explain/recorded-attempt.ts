import type { AgentCorrelation, ContentRef, Outcome, UsageSource } from '../../activity/observation';
import type { LlmCall, LlmErrorInfo } from '../../llm/types';

/** What a record says of one attempt of one activity, as far as the story needs it. */
export interface RecordedAttempt {
  readonly correlation: AgentCorrelation;
  readonly kind: 'llm' | 'tool';
  readonly tool?: string;
  readonly startedAtMs: number;
  readonly durationMs: number;
  readonly outcome: Outcome;
  readonly call?: LlmCall;
  readonly usageSource: UsageSource;
  readonly costUsd?: number;
  readonly errorInfo?: LlmErrorInfo;
  readonly errorType?: string;
  readonly errorMessage?: string;
  readonly input: ContentRef;
  readonly output: ContentRef;
}
