/**
 * JSON schema of the configuration file, for editors and for checks before a deploy.
 *
 * @module
 */

import { EXPORTER_OPTIONS, type OptionDefinition, type OptionTable } from './definitions';
import type { JsonSchema } from './kinds';

/** Descriptions of the objects that options are grouped in. */
const GROUPS: Readonly<Record<string, string>> = {
  temporal: 'Connection to Temporal; flags and TEMPORAL_* variables come before it.',
  metrics: 'Where metrics are served.',
  taskTypes: 'What is expected of tasks, by task type. Other task types are watched all the same.',
  expected: 'How the age at which a task is overdue is derived from runs that completed.',
  findings: 'Other severities for findings, or off to silence them.',
};

type Left = readonly (readonly [string, readonly string[]])[];

export function exporterJsonSchema(): JsonSchema {
  return jsonSchema('Exporter of temporal-agent-observability', EXPORTER_OPTIONS, GROUPS);
}

/** @param groups descriptions of the objects that options are grouped in, by their first key */
export function jsonSchema(title: string, table: OptionTable, groups: Readonly<Record<string, string>>): JsonSchema {
  const left = Object.keys(table).map((name) => [name, name.split('.')] as const);
  return { $schema: 'http://json-schema.org/draft-07/schema#', title, ...objectSchema(left, table, groups) };
}

function objectSchema(left: Left, table: OptionTable, groups: Readonly<Record<string, string>>): JsonSchema {
  const heads = [...new Set(left.map(([, [head = '']]) => head))];
  const schemaOf = (head: string) => {
    const below = left.flatMap(([name, [first, ...rest]]) => (first === head ? [[name, rest] as const] : []));
    const definition = below.filter(([, rest]) => rest.length === 0).map(([name]) => table[name])[0];
    if (definition !== undefined) return leafSchema(definition);
    const description = groups[head];
    return { ...(description !== undefined && { description }), ...objectSchema(below, table, groups) };
  };
  if (!heads.includes('*')) {
    const properties = Object.fromEntries(heads.map((head) => [head, schemaOf(head)]));
    return { type: 'object', properties, additionalProperties: false };
  }
  const keys = left.flatMap(([name]) => table[name]?.keys ?? []);
  return {
    type: 'object',
    ...(keys.length > 0 && { propertyNames: { enum: keys } }),
    additionalProperties: schemaOf('*'),
  };
}

function leafSchema({ kind, description, fallback, example }: OptionDefinition): JsonSchema {
  return { description, ...kind.schema, ...(fallback !== undefined && { default: fallback }), examples: [example] };
}
