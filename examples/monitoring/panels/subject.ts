/**
 * What a query is about: what has to have happened for it to return something. A panel that is empty although it did is
 * broken; one that is empty because it did not is fine.
 *
 * | in a query                        | its subject                                                             |
 * | --------------------------------- | ----------------------------------------------------------------------- |
 * | a selector                        | a series that its matchers find                                         |
 * | `a and b`, `a / b`, `a + b` ...   | both                                                                    |
 * | `a or b`                          | one of them                                                             |
 * | `a unless b`                      | `a`: whether `b` takes all of it away, the query alone knows            |
 * | `a > 0` and other comparisons     | a sample of the series in `a` that is so: what filters leaves nothing   |
 * |                                   | else, and a counter that grows is above 0                               |
 * | `time() - a < 900`, `count(a) > 1`| `a`: what is compared is not its samples                                |
 * | `a > bool 0`                      | `a`: this filters nothing                                               |
 * | `histogram_quantile(q, a)`        | a bucket above 0: there is no quantile of nothing                       |
 * | `absent(a)`                       | nothing that can be found: it never occurs                              |
 * | numbers, `time()`, `vector(n)`    | always there                                                            |
 *
 * @module
 */

import type { SyntaxNode } from '@lezer/common';
import { children, contains, inner, isScalar, parseSyntax, required } from './promql-syntax';

export type Subject =
  | { readonly all: readonly Subject[] }
  | { readonly any: readonly Subject[] }
  | {
      readonly selector: string;
      /** What a sample has to be, such as `> 0`; any sample will do where it is left out. */
      readonly sample?: string;
    };

const ALWAYS: Subject = { all: [] };
const NEVER: Subject = { any: [] };

/** Functions and aggregations whose result is another thing than the samples that go into it. */
const COUNTS = /^(count|count_values|count_over_time|group|present_over_time|timestamp|changes|resets)$/;

/** The other way round, for a number that stands on the left. */
const MIRRORED: Readonly<Record<string, string>> = { '<': '>', '>': '<', '<=': '>=', '>=': '<=' };

const COMPARISONS: readonly string[] = ['==', '!=', '<', '>', '<=', '>='];

/** @throws SyntaxError for what is no PromQL */
export function subjectOf(query: string): Subject {
  const text = (node: SyntaxNode) => query.slice(node.from, node.to);

  const subject = (node: SyntaxNode, sample?: string): Subject => {
    switch (node.name) {
      case 'NumberDurationLiteral':
      case 'StringLiteral':
        return ALWAYS;
      case 'VectorSelector':
        return { selector: text(node), ...(sample !== undefined && { sample }) };
      case 'AggregateExpr': {
        const counts = COUNTS.test(text(required(node.getChild('AggregateOp'))));
        const args = children(required(node.getChild('FunctionCallBody')));
        return subject(required(args.at(-1)), counts ? undefined : sample);
      }
      case 'FunctionCall': {
        const name = text(required(node.getChild('FunctionIdentifier')));
        if (/^absent/.test(name)) return NEVER;
        const ofArguments = name === 'histogram_quantile' ? '> 0' : COUNTS.test(name) ? undefined : sample;
        return all(children(required(node.getChild('FunctionCallBody'))).map((arg) => subject(arg, ofArguments)));
      }
      case 'BinaryExpr':
        return binary(node, sample);
      default:
        return subject(inner(node), sample);
    }
  };

  const binary = (node: SyntaxNode, sample: string | undefined): Subject => {
    const parts = children(node);
    const [left, operator] = [required(parts[0]), text(required(parts[1]))];
    const right = required(parts.at(-1));
    if (operator === 'unless') return subject(left, sample);
    if (operator === 'or') return { any: [subject(left, sample), subject(right, sample)] };
    // What filters the left side says nothing about the samples of what it is joined with.
    if (operator === 'and') return all([subject(left, sample), subject(right)]);
    if (COMPARISONS.includes(operator) && node.getChild('BoolModifier') === null) {
      for (const [side, number, relation] of [
        [left, right, operator],
        [right, left, MIRRORED[operator] ?? operator],
      ] as const) {
        if (number.name !== 'NumberDurationLiteral') continue;
        return subject(side, `${relation} ${text(number)}`);
      }
    }
    const isAge = [left, right].some((side) => isScalar(side, query) && contains(side, 'FunctionCall'));
    const ofSides = isAge ? undefined : sample;
    return all([subject(left, ofSides), subject(right, ofSides)]);
  };

  return subject(parseSyntax(query));
}

/** Selectors of the counters whose growth a query shows. */
export function countersOf(query: string): readonly string[] {
  const found = new Set<string>();
  const look = (node: SyntaxNode): void => {
    if (node.name === 'MatrixSelector') {
      const call = query.slice(0, node.from);
      if (/\b(rate|increase)\($/.test(call)) found.add(query.slice(inner(node).from, inner(node).to));
    }
    for (const child of children(node)) look(child);
  };
  look(parseSyntax(query));
  return [...found];
}

/** Whether the subject of a query is there, by what is known of each selector. */
export async function occurred(
  subject: Subject,
  known: (selector: string, sample?: string) => Promise<boolean>,
): Promise<boolean> {
  if ('selector' in subject) return known(subject.selector, subject.sample);
  const parts = 'all' in subject ? subject.all : subject.any;
  const wanted = 'all' in subject;
  for (const part of parts) if ((await occurred(part, known)) !== wanted) return !wanted;
  return wanted;
}

function all(parts: readonly Subject[]): Subject {
  const needed = parts.filter((part) => !('all' in part && part.all.length === 0));
  return needed.length === 1 ? (needed[0] as Subject) : { all: needed };
}
