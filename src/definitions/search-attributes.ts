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
  readonly name: string;
  readonly type: SearchAttributeType;
  /** One sentence for docs and `--help`. */
  readonly description: string;
}

export const SEARCH_ATTRIBUTES = [
  {
    name: 'AgentTaskType',
    type: 'Keyword',
    description: 'Kind of work the agent does; the workflow type unless named otherwise.',
  },
  { name: 'AgentTaskId', type: 'Keyword', description: "The application's id of the piece of work." },
  { name: 'AgentSessionId', type: 'Keyword', description: "The application's id of the user's session." },
  { name: 'AgentModel', type: 'Keyword', description: 'Model and version as the last response named it.' },
  { name: 'AgentLastTool', type: 'Keyword', description: 'Tool that was scheduled last.' },
  { name: 'AgentIteration', type: 'Int', description: 'Model turns so far in this task.' },
  { name: 'AgentTokens', type: 'Int', description: 'Tokens so far in this task, input and output.' },
  {
    name: 'AgentTaskStartedAt',
    type: 'Datetime',
    description: 'Start of the task, carried across continue-as-new.',
  },
  {
    name: 'AgentApprovalState',
    type: 'Keyword',
    description:
      'State of the most urgent approval: submitted, acknowledged, escalated, approved, rejected, timed_out.',
  },
  { name: 'AgentApprovalDueAt', type: 'Datetime', description: 'When the most urgent open approval is due.' },
] as const satisfies readonly SearchAttributeDefinition[];

export type SearchAttributeName = (typeof SEARCH_ATTRIBUTES)[number]['name'];

/** Written at every write position; the one attribute that cannot be left out. */
export const REQUIRED_SEARCH_ATTRIBUTE = 'AgentTaskType' satisfies SearchAttributeName;

/** Every attribute name, in the order of {@link SEARCH_ATTRIBUTES}. */
export const SEARCH_ATTRIBUTE_NAMES: readonly SearchAttributeName[] = SEARCH_ATTRIBUTES.map(({ name }) => name);
