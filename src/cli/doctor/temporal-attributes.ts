import {
  compareSearchAttributes,
  listSearchAttributes,
  type SearchAttributeStatus,
  shellQuote,
} from '../../client/search-attribute-registry';
import { DEFAULT_ADDRESS } from '../connection';
import type { Part } from './part';
import { refusal, type TemporalTarget } from './temporal-target';

/** @returns what is known of them; `undefined` when they cannot be listed */
export async function checkAttributes(part: Part, target: TemporalTarget): Promise<SearchAttributeStatus | undefined> {
  const { connection, flags, wanted } = target;
  let status: SearchAttributeStatus;
  try {
    status = compareSearchAttributes(await listSearchAttributes(connection, flags.namespace), wanted);
  } catch (error) {
    const { message, fix } = refusal(error, target);
    part.warning('search-attributes', `search attributes cannot be listed: ${message}`, fix);
    return undefined;
  }
  const { ready, missing, mistyped } = status;
  if (missing.length > 0) {
    part.problem(
      'search-attributes',
      `not registered: ${missing.join(', ')}; new runs write none while one is missing`,
      `${setup(target)}; or leave them out there, here (--without) and in the plugin`,
    );
  }
  if (mistyped.length > 0) {
    const what = mistyped.map(({ name, expected, actual }) => `${name} is ${actual} and must be ${expected}`);
    const names = mistyped.map(({ name }) => `--name ${name}`).join(' ');
    part.problem(
      'search-attribute-types',
      `${what.join('; ')}; new runs write none while one has another type`,
      `If nothing else uses them: temporal operator search-attribute remove --namespace ${shellQuote(flags.namespace)} ${names}, then ${setup(target)}`,
    );
  }
  if (missing.length === 0 && mistyped.length === 0) {
    part.ok('search-attributes', `${ready.length} of ${wanted.length} search attributes are registered`);
  }
  return status;
}

function setup({ flags: { address, namespace } }: TemporalTarget): string {
  const where = address === DEFAULT_ADDRESS ? '' : ` --address ${shellQuote(address)}`;
  return `temporal-agent-observability setup${where} --namespace ${shellQuote(namespace)}`;
}
