/**
 * Kinds of option values: how each is checked, how it is written on a command line, and how JSON schema describes it.
 *
 * @module
 */

import { DURATION_PATTERN, durationMs } from '../../definitions/duration';
import { SEVERITIES, type Severity } from '../../definitions/findings';
import { array, boolean, fail, integer, nonEmpty, number, oneOf } from '../../definitions/option-checks';

export type JsonSchema = Readonly<Record<string, unknown>>;

export interface Kind<T> {
  /** What a value is called in tables and in `--help`. */
  readonly label: string;
  readonly schema: JsonSchema;
  /** @throws TypeError or RangeError that names the option, what was expected and what came */
  check(name: string, value: unknown): T;
  /** The value that a flag or variable stands for. What it cannot stand for stays text, which `check` refuses. */
  parse(text: string): unknown;
}

const DURATIONS = "a duration such as '30s', '15m', '4h' or '7d'";

/** Milliseconds, from text with a unit: a bare number would be taken for seconds by one and milliseconds by another. */
export function duration(range: { readonly aboveZero?: boolean; readonly max?: string } = {}): Kind<number> {
  const { aboveZero = true, max } = range;
  const maxMs = durationMs(max ?? '') ?? Number.MAX_SAFE_INTEGER;
  const expected = [DURATIONS, ...(aboveZero ? ['above 0'] : []), ...(max === undefined ? [] : [`up to ${max}`])];
  return {
    label: max === undefined ? 'duration' : `duration up to ${max}`,
    schema: { type: 'string', pattern: aboveZero ? `^(?=.*[1-9])${DURATION_PATTERN.slice(1)}` : DURATION_PATTERN },
    check: (name, value) => {
      const ms = typeof value === 'string' ? durationMs(value) : undefined;
      if (ms === undefined) throw fail(name, DURATIONS, value);
      if ((aboveZero && ms === 0) || ms > maxMs) throw fail(name, expected.join(', '), value);
      return ms;
    },
    parse: (text) => text,
  };
}

export function wholeNumber(range: { readonly min: number; readonly max: number }): Kind<number> {
  return {
    label: `${range.min} to ${range.max}`,
    schema: { type: 'integer', minimum: range.min, maximum: range.max },
    check: (name, value) => integer(name, value, range),
    parse: numberOrText,
  };
}

export function positiveNumber(max: number): Kind<number> {
  return {
    label: `above 0, up to ${max}`,
    schema: { type: 'number', exclusiveMinimum: 0, maximum: max },
    check: (name, value) => {
      const checked = number(name, value, { above: 0 });
      return number(name, checked, { min: 0, max });
    },
    parse: numberOrText,
  };
}

const TEXT_SCHEMA = { type: 'string', pattern: '\\S' };

export function text(label: string): Kind<string> {
  return { label, schema: TEXT_SCHEMA, check: nonEmpty, parse: (value) => value };
}

/** Text of a form, which `label` names. */
export function textOf(label: string, pattern: string): Kind<string> {
  return {
    label,
    schema: { type: 'string', pattern },
    check: (name, value) => {
      if (typeof value !== 'string' || !new RegExp(pattern).test(value)) throw fail(name, label, value);
      return value;
    },
    parse: (value) => value,
  };
}

export function textList(label: string): Kind<readonly string[]> {
  return {
    label,
    schema: { type: 'array', items: TEXT_SCHEMA, minItems: 1 },
    check: (name, value) => {
      const items = array(name, value);
      if (items.length === 0) throw fail(name, 'at least one', value);
      return [...new Set(items.map((item, i) => nonEmpty(`${name}[${i}]`, item)))];
    },
    parse: (value) => value.split(',').map((item) => item.trim()),
  };
}

export const TRUE_OR_FALSE: Kind<boolean> = {
  label: 'true or false',
  schema: { type: 'boolean' },
  check: boolean,
  parse: (value) => ({ true: true, '1': true, false: false, '0': false })[value.toLowerCase()] ?? value,
};

const SEVERITIES_OR_OFF = [...SEVERITIES, 'off'] as const;

export const SEVERITY_OR_OFF: Kind<Severity | 'off'> = {
  label: SEVERITIES_OR_OFF.join(', '),
  schema: { enum: SEVERITIES_OR_OFF },
  check: (name, value) => oneOf(name, value, SEVERITIES_OR_OFF),
  parse: (value) => value,
};

function numberOrText(value: string): unknown {
  const parsed = Number(value);
  return value === '' || Number.isNaN(parsed) ? value : parsed;
}
