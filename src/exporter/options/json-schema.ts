/**
 * JSON schema of the configuration file, for editors and for checks before a deploy.
 *
 * @module
 */

import { definitionOf, OPTION_NAMES, type OptionName } from './definitions';
import type { JsonSchema } from './kinds';

/** Descriptions of the objects that options are grouped in. */
const GROUPS: Readonly<Record<string, string>> = {
  temporal: 'Connection to Temporal; flags and TEMPORAL_* variables come before it.',
  metrics: 'Where metrics are served.',
  taskTypes: 'What is expected of tasks, by task type. Other task types are watched all the same.',
  expected: 'How the age at which a task is overdue is derived from runs that completed.',
  findings: 'Other severities for findings, or off to silence them.',
};

type Left = readonly (readonly [OptionName, readonly string[]])[];

export function exporterJsonSchema(): JsonSchema {
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'Exporter of temporal-agent-observability',
    ...objectSchema(OPTION_NAMES.map((name) => [name, name.split('.')])),
  };
}

function objectSchema(left: Left): JsonSchema {
  const heads = [...new Set(left.map(([, [head = '']]) => head))];
  const schemaOf = (head: string) => {
    const below = left.flatMap(([name, [first, ...rest]]) => (first === head ? [[name, rest] as const] : []));
    const [leaf] = below.filter(([, rest]) => rest.length === 0);
    if (leaf !== undefined) return leafSchema(leaf[0]);
    const description = GROUPS[head];
    return { ...(description !== undefined && { description }), ...objectSchema(below) };
  };
  if (!heads.includes('*')) {
    const properties = Object.fromEntries(heads.map((head) => [head, schemaOf(head)]));
    return { type: 'object', properties, additionalProperties: false };
  }
  const keys = left.flatMap(([name]) => definitionOf(name).keys ?? []);
  return {
    type: 'object',
    ...(keys.length > 0 && { propertyNames: { enum: keys } }),
    additionalProperties: schemaOf('*'),
  };
}

function leafSchema(name: OptionName): JsonSchema {
  const { kind, description, fallback, example } = definitionOf(name);
  return { description, ...kind.schema, ...(fallback !== undefined && { default: fallback }), examples: [example] };
}
