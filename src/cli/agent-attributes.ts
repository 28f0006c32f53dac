import type { Connection } from '@temporalio/client';
import { compareSearchAttributes, listSearchAttributes } from '../client/search-attribute-registry';
import {
  REQUIRED_SEARCH_ATTRIBUTE,
  SEARCH_ATTRIBUTE_NAMES,
  type SearchAttributeName,
} from '../definitions/search-attributes';
import { CliError, EXIT } from './cli-error';

/**
 * Our attributes that a namespace has with the right type.
 *
 * @throws CliError where it lacks the one by which agents are found; ServiceError where there is no such namespace
 */
export async function agentAttributes(
  connection: Connection,
  namespace: string,
): Promise<ReadonlySet<SearchAttributeName>> {
  // Asked first because visibility answers with an empty list for a namespace that does not exist.
  await connection.workflowService.describeNamespace({ namespace });
  const registered = await listSearchAttributes(connection, namespace);
  const { ready } = compareSearchAttributes(registered, SEARCH_ATTRIBUTE_NAMES);
  if (ready.includes(REQUIRED_SEARCH_ATTRIBUTE)) return new Set(ready);
  throw new CliError(
    `Namespace "${namespace}" does not have the search attribute ${REQUIRED_SEARCH_ATTRIBUTE}, by which agents are found.`,
    EXIT.failed,
    'Register it with the command setup. Runs that start from then on, of workers or clients with the plugin, carry it.',
  );
}
