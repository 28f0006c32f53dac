import {
  defineSearchAttributeKey,
  type SearchAttributePair,
  type SearchAttributeType,
  type SearchAttributeUpdatePair,
} from '@temporalio/common';
import type { BundleConfig } from '../definitions/bundle-config';
import { keywordValue } from '../definitions/keyword';
import {
  SEARCH_ATTRIBUTE_NAMES,
  SEARCH_ATTRIBUTE_TYPES,
  type SearchAttributeName,
} from '../definitions/search-attributes';
import type { AgentState } from './agent-state';
import type { ApprovalAttributes } from './run-approvals';

const KEYS = Object.fromEntries(
  SEARCH_ATTRIBUTE_NAMES.map((name) => [
    name,
    defineSearchAttributeKey(name, SEARCH_ATTRIBUTE_TYPES[name].toUpperCase() as SearchAttributeType),
  ]),
) as Readonly<Record<SearchAttributeName, SearchAttributePair['key']>>;

/** The one attribute of every write. */
export function requiredPair(taskType: string): SearchAttributePair {
  return { key: KEYS.AgentTaskType, value: keywordValue(taskType) ?? '-' } as SearchAttributePair;
}

/** What is known of the agent, restricted to the bundle's keys; the required attribute comes first. */
export function searchAttributePairs(
  state: AgentState,
  config: BundleConfig,
): [SearchAttributePair, ...SearchAttributePair[]] {
  const pairs: [SearchAttributePair, ...SearchAttributePair[]] = [requiredPair(state.currentTaskType)];
  const add = (name: SearchAttributeName, value: string | number | Date | undefined) => {
    if (value !== undefined && config.keys.includes(name))
      pairs.push({ key: KEYS[name], value } as SearchAttributePair);
  };
  add('AgentTaskId', keywordValue(state.taskId));
  add('AgentSessionId', keywordValue(state.sessionId));
  add('AgentModel', keywordValue(state.model));
  add('AgentLastTool', keywordValue(state.lastTool));
  add('AgentIteration', state.iteration);
  add('AgentTokens', state.tokens);
  add('AgentTaskStartedAt', new Date(state.startedAt));
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
  const { state = null, dueAtMs } = approvals;
  const values = { AgentApprovalState: state, AgentApprovalDueAt: dueAtMs === undefined ? null : new Date(dueAtMs) };
  return (Object.keys(values) as (keyof typeof values)[])
    .filter((name) => keys.includes(name))
    .map((name) => ({ key: KEYS[name], value: values[name] }) as SearchAttributeUpdatePair);
}
