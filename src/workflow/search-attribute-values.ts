import { defineSearchAttributeKey, type SearchAttributePair } from '@temporalio/common';
import type { BundleConfig } from '../definitions/bundle-config';
import { keywordValue } from '../definitions/keyword';
import { REQUIRED_SEARCH_ATTRIBUTE, type SearchAttributeName } from '../definitions/search-attributes';
import type { AgentState } from './agent-state';

const keyword = (name: SearchAttributeName, value: string | undefined): SearchAttributePair | undefined => {
  const stored = keywordValue(value);
  return stored === undefined ? undefined : { key: defineSearchAttributeKey(name, 'KEYWORD'), value: stored };
};

const int = (name: SearchAttributeName, value: number | undefined): SearchAttributePair | undefined =>
  value === undefined ? undefined : { key: defineSearchAttributeKey(name, 'INT'), value };

const datetime = (name: SearchAttributeName, value: number): SearchAttributePair => ({
  key: defineSearchAttributeKey(name, 'DATETIME'),
  value: new Date(value),
});

/** The one attribute of every write. */
export function requiredPair(taskType: string): SearchAttributePair {
  return { key: defineSearchAttributeKey(REQUIRED_SEARCH_ATTRIBUTE, 'KEYWORD'), value: keywordValue(taskType) ?? '-' };
}

/** What is known of the agent, restricted to the bundle's keys; the required attribute comes first. */
export function searchAttributePairs(state: AgentState, config: BundleConfig): SearchAttributePair[] {
  const optional = [
    keyword('AgentTaskId', state.taskId),
    keyword('AgentSessionId', state.sessionId),
    keyword('AgentModel', state.model),
    keyword('AgentLastTool', state.lastTool),
    int('AgentIteration', state.iteration),
    int('AgentTokens', state.tokens),
    datetime('AgentTaskStartedAt', state.startedAt),
  ];
  const allowed = new Set<string>(config.keys);
  return [
    requiredPair(state.currentTaskType),
    ...optional.filter((pair): pair is SearchAttributePair => pair !== undefined && allowed.has(pair.key.name)),
  ];
}
