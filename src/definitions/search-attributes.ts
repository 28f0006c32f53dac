/**
 * The search attributes that make an agent queryable in Temporal.
 *
 * SQL visibility offers 10 Keyword and 3 Int and Datetime columns per namespace, shared with the user's own attributes,
 * which is why the set is small and why every attribute but the first can be left out.
 *
 * @module
 */

/** Indexed value types used by {@link SEARCH_ATTRIBUTES}, as Temporal's CLI spells them. */
export type SearchAttributeType = 'Keyword' | 'Int' | 'Datetime';

export interface SearchAttributeDefinition {
  readonly name: SearchAttributeName;
  readonly type: SearchAttributeType;
  /** One sentence for docs and `--help`. */
  readonly description: string;
}

/** Apart from the descriptions, which the workflow sandbox does without. */
export const SEARCH_ATTRIBUTE_TYPES = {
  AgentTaskType: 'Keyword',
  AgentTaskId: 'Keyword',
  AgentSessionId: 'Keyword',
  AgentModel: 'Keyword',
  AgentLastTool: 'Keyword',
  AgentIteration: 'Int',
  AgentTokens: 'Int',
  AgentTaskStartedAt: 'Datetime',
  AgentApprovalState: 'Keyword',
  AgentApprovalDueAt: 'Datetime',
} as const satisfies Readonly<Record<string, SearchAttributeType>>;

export type SearchAttributeName = keyof typeof SEARCH_ATTRIBUTE_TYPES;

/** Every attribute name, in the order of {@link SEARCH_ATTRIBUTES}. */
export const SEARCH_ATTRIBUTE_NAMES = Object.keys(SEARCH_ATTRIBUTE_TYPES) as readonly SearchAttributeName[];

const DESCRIPTIONS: Readonly<Record<SearchAttributeName, string>> = {
  AgentTaskType: 'Kind of work the agent does; the workflow type unless named otherwise.',
  AgentTaskId: "The application's id of the piece of work.",
  AgentSessionId: "The application's id of the user's session.",
  AgentModel: 'Model and version as the last response named it.',
  AgentLastTool: 'Tool that was scheduled last.',
  AgentIteration: 'Model turns so far in this task.',
  AgentTokens: 'Tokens so far in this task, input and output.',
  AgentTaskStartedAt: 'Start of the task, carried across continue-as-new.',
  AgentApprovalState:
    'State of the most urgent approval: submitted, acknowledged, escalated, approved, rejected, timed_out.',
  AgentApprovalDueAt: 'When the most urgent open approval is due.',
};

export const SEARCH_ATTRIBUTES: readonly SearchAttributeDefinition[] = /* @__PURE__ */ SEARCH_ATTRIBUTE_NAMES.map(
  (name) => ({ name, type: SEARCH_ATTRIBUTE_TYPES[name], description: DESCRIPTIONS[name] }),
);

/** Written at every write position; the one attribute that cannot be left out. */
export const REQUIRED_SEARCH_ATTRIBUTE = 'AgentTaskType' satisfies SearchAttributeName;
