import { isJson } from './conversation';

const MAX_DEPTH = 6;

/** A value that fits a JSON schema, the same for the same schema. */
export function sampleOf(schema: unknown, name = 'value', depth = 0): unknown {
  if (!isJson(schema) || depth > MAX_DEPTH) return null;
  if ('const' in schema) return schema.const;
  if (Array.isArray(schema.enum)) return schema.enum[0];
  const alternatives = schema.anyOf ?? schema.oneOf;
  if (Array.isArray(alternatives)) return sampleOf(alternatives[0], name, depth + 1);
  switch (Array.isArray(schema.type) ? schema.type[0] : schema.type) {
    case 'object':
      return Object.fromEntries(
        Object.entries(isJson(schema.properties) ? schema.properties : {}).map(([key, property]) => [
          key,
          sampleOf(property, key, depth + 1),
        ]),
      );
    case 'array':
      return [sampleOf(schema.items, name, depth + 1)];
    case 'string':
      return `some ${name}`;
    case 'integer':
    case 'number':
      return typeof schema.minimum === 'number' ? schema.minimum : 1;
    case 'boolean':
      return true;
    default:
      return null;
  }
}
