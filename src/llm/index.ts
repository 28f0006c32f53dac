export { classifyLlmError } from './classify-llm-error';
export { readLlmCall } from './read-llm-call';
export {
  type FinishReason,
  LLM_ERROR_TYPES,
  type LlmCall,
  type LlmCallHints,
  type LlmErrorInfo,
  type LlmErrorType,
  type LlmToolCall,
  type LlmUsage,
} from './types';
