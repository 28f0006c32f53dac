import type Anthropic from '@anthropic-ai/sdk';
import { executeChild, workflowInfo } from '@temporalio/workflow';
import { models, tools } from './proxies';

export interface BriefingInput {
  readonly topic: string;
  /** One sub-agent works on each, all at the same time. */
  readonly aspects: readonly string[];
}

/** Coordinates: one sub-agent per aspect, in parallel, and one more model call that puts their answers together. */
export async function briefing({ topic, aspects }: BriefingInput): Promise<string> {
  const { workflowId } = workflowInfo();
  const parts = await Promise.all(
    aspects.map((aspect, index) =>
      executeChild(investigate, { workflowId: `${workflowId}/aspect-${index + 1}`, args: [{ topic, aspect }] }),
    ),
  );
  const message = await models.createMessage({
    system: 'Put the answers of your colleagues together into one briefing of three sentences.',
    messages: [{ role: 'user', content: `Topic: ${topic}\n\n${parts.join('\n\n')}` }],
  });
  return textOf(message);
}

export interface InvestigateInput {
  readonly topic: string;
  readonly aspect: string;
}

/** Works on one aspect: reads the whole specification once, then answers. A refusal is an answer too. */
export async function investigate({ topic, aspect }: InvestigateInput): Promise<string> {
  const specification = await tools.fetchSpecification(topic);
  const message = await models.createMessage({
    system: 'You investigate one aspect of a topic. Say so if you cannot answer.',
    messages: [{ role: 'user', content: `${aspect}\n\nFrom the specification: ${specification.slice(0, 500)}` }],
  });
  return message.stop_reason === 'refusal' ? 'One aspect was declined.' : textOf(message);
}

function textOf(message: Anthropic.Message): string {
  return message.content.map((block) => (block.type === 'text' ? block.text : '')).join('');
}
