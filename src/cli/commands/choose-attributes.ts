import {
  REQUIRED_SEARCH_ATTRIBUTE,
  SEARCH_ATTRIBUTE_NAMES,
  type SearchAttributeName,
} from '../../definitions/search-attributes';
import { CliError, EXIT } from '../cli-error';

/** Which attributes a command is about. */
export interface AttributeChoice {
  readonly only?: readonly string[];
  readonly without?: readonly string[];
}

/** Names separated by commas. */
export function splitNames(value: string): string[] {
  return value
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
}

/** @throws CliError for a name that does not exist, and when the required one is left out */
export function chooseAttributes({ only, without }: AttributeChoice): SearchAttributeName[] {
  const known = new Set<string>(SEARCH_ATTRIBUTE_NAMES);
  for (const name of [...(only ?? []), ...(without ?? [])]) {
    if (!known.has(name)) {
      throw new CliError(`There is no search attribute "${name}".`, EXIT.usage, `Known: ${[...known].join(', ')}.`);
    }
  }
  if (without?.includes(REQUIRED_SEARCH_ATTRIBUTE)) {
    throw new CliError(`${REQUIRED_SEARCH_ATTRIBUTE} cannot be left out: every agent is found by it.`, EXIT.usage);
  }
  return SEARCH_ATTRIBUTE_NAMES.filter(
    (name) =>
      name === REQUIRED_SEARCH_ATTRIBUTE || ((only === undefined || only.includes(name)) && !without?.includes(name)),
  );
}
