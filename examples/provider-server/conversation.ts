/** A request of any of the three formats, reduced to what an answer depends on. */
export interface Conversation {
  readonly model: string;
  readonly stream: boolean;
  /** Whether a stream's client asked for usage; Anthropic and Responses always send it. */
  readonly includeUsage: boolean;
  /** System and user texts, in order. */
  readonly texts: readonly string[];
  readonly tools: readonly OfferedTool[];
  /** Results of tools that the conversation already has. */
  readonly toolResults: number;
  /** JSON schema that the answer has to fit. */
  readonly schema?: unknown;
  /** What the input is counted by. */
  readonly inputChars: number;
}

export interface OfferedTool {
  readonly name: string;
  readonly schema: unknown;
}

export type Json = Record<string, unknown>;

export function isJson(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function jsons(value: unknown): Json[] {
  return Array.isArray(value) ? value.filter(isJson) : [];
}

/** The text of a message's content: a string, or parts that have text. */
export function contentText(content: unknown): string {
  if (typeof content === 'string') return content;
  return jsons(content)
    .map((part) => (typeof part.text === 'string' ? part.text : ''))
    .join('\n');
}
