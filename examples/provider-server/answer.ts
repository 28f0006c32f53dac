import type { Conversation, Json, OfferedTool } from './conversation';
import { type Directive, withoutDirective } from './directive';
import { sampleOf } from './sample';

/** Tokens of one response by OpenTelemetry's rule: input includes cache, output includes reasoning. */
export interface Tokens {
  readonly input: number;
  readonly cacheRead: number;
  readonly cacheWrite: number;
  readonly output: number;
  readonly reasoning: number;
}

/** What the model says, before it is put into a provider's format. */
export interface Answer {
  readonly ending: 'text' | 'tool' | 'refuse' | 'filter' | 'length';
  readonly text: string;
  readonly tool?: { readonly name: string; readonly args: Json };
  readonly tokens: Tokens;
}

const CHARS_PER_TOKEN = 4;
const SENTENCE = 'Durable execution keeps the state of a program safe while machines come and go. ';

/** The same conversation always gets the same answer. */
export function answer(conversation: Conversation, directive: Directive): Answer {
  const tool = nextTool(conversation, directive);
  if (tool !== undefined) {
    const args = (sampleOf(tool.schema) ?? {}) as Json;
    return withTokens({ ending: 'tool', text: '', tool: { name: tool.name, args } }, conversation, directive);
  }
  const ending = directive.ending ?? 'text';
  return withTokens({ ending, text: finalText(conversation, directive) }, conversation, directive);
}

function nextTool({ tools, toolResults }: Conversation, directive: Directive): OfferedTool | undefined {
  const offered = new Map(tools.map((tool) => [tool.name, tool]));
  const plan = (directive.tools ?? [...offered.keys()]).filter((name) => offered.has(name));
  return offered.get(plan[toolResults] ?? '');
}

function finalText(conversation: Conversation, directive: Directive): string {
  if (directive.ending === 'refuse') return 'I cannot help with that.';
  if (directive.ending === 'filter') return '';
  if (directive.large !== undefined)
    return SENTENCE.repeat(Math.ceil(directive.large / SENTENCE.length)).slice(0, directive.large);
  if (conversation.schema !== undefined) return JSON.stringify(sampleOf(conversation.schema));
  const question = withoutDirective(conversation.texts.at(-1) ?? '').slice(0, 120);
  return `You asked: ${question} After ${conversation.toolResults} tool results: ${SENTENCE}`.trim();
}

function withTokens(said: Omit<Answer, 'tokens'>, conversation: Conversation, directive: Directive): Answer {
  const chars = said.text.length + (said.tool === undefined ? 0 : JSON.stringify(said.tool).length);
  const input = tokensOf(conversation.inputChars);
  const cacheRead = Math.min(directive.cached ?? 0, input);
  const reasoning = directive.reasoning ?? 0;
  return {
    ...said,
    tokens: {
      input,
      cacheRead,
      cacheWrite: Math.min(directive.cacheWrite ?? 0, input - cacheRead),
      output: tokensOf(chars) + reasoning,
      reasoning,
    },
  };
}

function tokensOf(chars: number): number {
  return Math.max(1, Math.ceil(chars / CHARS_PER_TOKEN));
}
