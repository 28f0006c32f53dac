import { defineSearchAttributeKey, type SearchAttributePair, type SearchAttributeUpdatePair } from '@temporalio/common';
import type { BundleConfig } from '../definitions/bundle-config';
import { keywordValue } from '../definitions/keyword';
import type { SearchAttributeName } from '../definitions/search-attributes';
import type { AgentState } from './agent-state';
import type { ApprovalAttributes } from './run-approvals';

const KEYS = {
  AgentTaskType: defineSearchAttributeKey('AgentTaskType', 'KEYWORD'),
  AgentTaskId: defineSearchAttributeKey('AgentTaskId', 'KEYWORD'),
  AgentSessionId: defineSearchAttributeKey('AgentSessionId', 'KEYWORD'),
  AgentModel: defineSearchAttributeKey('AgentModel', 'KEYWORD'),
  AgentLastTool: defineSearchAttributeKey('AgentLastTool', 'KEYWORD'),
  AgentIteration: defineSearchAttributeKey('AgentIteration', 'INT'),
  AgentTokens: defineSearchAttributeKey('AgentTokens', 'INT'),
  AgentTaskStartedAt: defineSearchAttributeKey('AgentTaskStartedAt', 'DATETIME'),
} satisfies Partial<Record<SearchAttributeName, unknown>>;

const APPROVAL_KEYS = {
  AgentApprovalState: defineSearchAttributeKey('AgentApprovalState', 'KEYWORD'),
  AgentApprovalDueAt: defineSearchAttributeKey('AgentApprovalDueAt', 'DATETIME'),
} satisfies Partial<Record<SearchAttributeName, unknown>>;

/** The one attribute of every write. */
export function requiredPair(taskType: string): SearchAttributePair {
  return { key: KEYS.AgentTaskType, value: keywordValue(taskType) ?? '-' };
}

/** What is known of the agent, restricted to the bundle's keys; the required attribute comes first. */
export function searchAttributePairs(
  state: AgentState,
  config: BundleConfig,
): [SearchAttributePair, ...SearchAttributePair[]] {
  const pairs: [SearchAttributePair, ...SearchAttributePair[]] = [requiredPair(state.currentTaskType)];
  const add = (key: (typeof KEYS)[keyof typeof KEYS], value: string | number | Date | undefined) => {
    if (value !== undefined && (config.keys as readonly string[]).includes(key.name)) {
      pairs.push({ key, value } as SearchAttributePair);
    }
  };
  add(KEYS.AgentTaskId, keywordValue(state.taskId));
  add(KEYS.AgentSessionId, keywordValue(state.sessionId));
  add(KEYS.AgentModel, keywordValue(state.model));
  add(KEYS.AgentLastTool, keywordValue(state.lastTool));
  add(KEYS.AgentIteration, state.iteration);
  add(KEYS.AgentTokens, state.tokens);
  add(KEYS.AgentTaskStartedAt, new Date(state.startedAt));
  return pairs;
}

/**
 * The attributes of a run's approvals, restricted to the bundle's keys. What is not known is removed, for the run before
 * may have written it.
 *
 * @param approvals `undefined` in a run without any; such a run has nothing to remove either
 */
export function approvalPairs(
  approvals: ApprovalAttributes | undefined,
  { keys }: BundleConfig,
): SearchAttributeUpdatePair[] {
  if (approvals === undefined) return [];
  const { state, dueAtMs } = approvals;
  const pairs: SearchAttributeUpdatePair[] = [
    { key: APPROVAL_KEYS.AgentApprovalState, value: state ?? null },
    { key: APPROVAL_KEYS.AgentApprovalDueAt, value: dueAtMs === undefined ? null : new Date(dueAtMs) },
  ];
  return pairs.filter(({ key }) => (keys as readonly string[]).includes(key.name));
}
