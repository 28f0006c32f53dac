/**
 * Which search attributes a namespace has, and how to give it ours.
 *
 * @module
 */

import type { ConnectionLike } from '@temporalio/client';
import {
  SEARCH_ATTRIBUTES,
  type SearchAttributeName,
  type SearchAttributeType,
} from '../definitions/search-attributes';

/** The part of a connection that is needed; both `Connection` and `NativeConnection` have it. */
export type SearchAttributeConnection = Pick<ConnectionLike, 'operatorService' | 'workflowService' | 'withDeadline'>;

/** `temporal.api.enums.v1.IndexedValueType` by Temporal's names. */
const TYPE_NAMES = ['Unspecified', 'Text', 'Keyword', 'Int', 'Double', 'Bool', 'Datetime', 'KeywordList'] as const;

/** Time allowed for one request, in milliseconds. */
const REQUEST_MS = 10_000;

/** How the wanted attributes stand in a namespace. */
export interface SearchAttributeStatus {
  /** There, with the right type. */
  readonly ready: readonly SearchAttributeName[];
  readonly missing: readonly SearchAttributeName[];
  /** There, with another type. */
  readonly mistyped: readonly {
    readonly name: SearchAttributeName;
    readonly expected: string;
    readonly actual: string;
  }[];
}

/**
 * Lists the custom search attributes of a namespace, type by name. Asks the operator service, and where that is not
 * offered the frontend; the latter cannot see the aliases of SQL visibility, in which case ours count as missing.
 *
 * @throws ServiceError when neither answers
 */
export async function listSearchAttributes(
  connection: SearchAttributeConnection,
  namespace: string,
): Promise<ReadonlyMap<string, string>> {
  const deadline = Date.now() + REQUEST_MS;
  try {
    const response = await connection.withDeadline(deadline, () =>
      connection.operatorService.listSearchAttributes({ namespace }),
    );
    return typesByName(response.customAttributes);
  } catch (error) {
    try {
      const response = await connection.withDeadline(deadline, () =>
        connection.workflowService.getSearchAttributes({}),
      );
      return typesByName(response.keys);
    } catch {
      throw error;
    }
  }
}

/** Compares the wanted attributes with what a namespace has. */
export function compareSearchAttributes(
  registered: ReadonlyMap<string, string>,
  wanted: readonly SearchAttributeName[],
): SearchAttributeStatus {
  const definitions = SEARCH_ATTRIBUTES.filter(({ name }) => wanted.includes(name));
  const actual = (name: string) => registered.get(name);
  return {
    ready: definitions.filter(({ name, type }) => actual(name) === type).map(({ name }) => name),
    missing: definitions.filter(({ name }) => actual(name) === undefined).map(({ name }) => name),
    mistyped: definitions
      .filter(({ name, type }) => actual(name) !== undefined && actual(name) !== type)
      .map(({ name, type }) => ({ name, expected: type, actual: actual(name) ?? '' })),
  };
}

/**
 * Adds attributes to a namespace. Attributes that another worker adds at the same moment are no error.
 *
 * @throws ServiceError, for example PERMISSION_DENIED, or RESOURCE_EXHAUSTED when SQL visibility has no free column
 */
export async function addSearchAttributes(
  connection: SearchAttributeConnection,
  namespace: string,
  names: readonly SearchAttributeName[],
): Promise<void> {
  const searchAttributes = Object.fromEntries(names.map((name) => [name, TYPE_NAMES.indexOf(typeOf(name))]));
  await connection.withDeadline(Date.now() + REQUEST_MS, () =>
    connection.operatorService.addSearchAttributes({ namespace, searchAttributes }),
  );
}

/** The Temporal CLI's commands that add the attributes. */
export function addCommands(namespace: string, names: readonly SearchAttributeName[]): string[] {
  return names.map(
    (name) =>
      `temporal operator search-attribute create --namespace ${shellQuote(namespace)} --name ${name} --type ${typeOf(name)}`,
  );
}

function typeOf(name: SearchAttributeName): SearchAttributeType {
  const definition = SEARCH_ATTRIBUTES.find((attribute) => attribute.name === name);
  if (definition === undefined) throw new RangeError(`Unknown search attribute ${JSON.stringify(name)}`);
  return definition.type;
}

function typesByName(types: { [name: string]: number } | null | undefined): ReadonlyMap<string, string> {
  return new Map(Object.entries(types ?? {}).map(([name, type]) => [name, TYPE_NAMES[type] ?? String(type)]));
}

/** A word of a command line. */
export function shellQuote(text: string): string {
  return /^[\w.@:/-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
