/**
 * PromQL by Prometheus' own grammar: which series an expression asks for, and which labels its result has.
 *
 * @module
 */

import type { SyntaxNode } from '@lezer/common';
import { children, inner, isScalar, parseSyntax, required } from '../../examples/monitoring/panels/promql-syntax';

export interface Matcher {
  readonly label: string;
  readonly operator: string;
  readonly value: string;
}

export interface Selector {
  /** Empty where the metric is chosen by `__name__`. */
  readonly name: string;
  readonly matchers: readonly Matcher[];
  /** Between brackets, if it is a range. */
  readonly range: string | undefined;
  /** The function that the selector is the direct argument of. */
  readonly function: string | undefined;
  /** The innermost aggregation around it. */
  readonly aggregation: string | undefined;
}

export interface Expression {
  readonly selectors: readonly Selector[];
  /** Labels of the result; none of a number. */
  readonly labels: ReadonlySet<string>;
}

/** Labels that series of a selector have. */
export type LabelsOf = (selector: Selector) => Iterable<string>;

/** @throws SyntaxError for what is no PromQL, and for labels that its parts do not have */
export function parsePromQl(query: string, labelsOf: LabelsOf): Expression {
  return new Reader(query, labelsOf).read();
}

const CALLS_WITH_RANGE = new Set(['MatrixSelector', 'OffsetExpr', 'ParenExpr']);
const SET_OPERATORS = new Set(['and', 'or', 'unless']);

class Reader {
  readonly #selectors: Selector[] = [];

  constructor(
    private readonly query: string,
    private readonly labelsOf: LabelsOf,
  ) {}

  read(): Expression {
    return { labels: this.#labels(parseSyntax(this.query)), selectors: this.#selectors };
  }

  #labels(node: SyntaxNode): ReadonlySet<string> {
    switch (node.name) {
      case 'VectorSelector':
        return this.#selector(node);
      case 'AggregateExpr':
        return this.#aggregation(node);
      case 'BinaryExpr':
        return this.#binary(node);
      case 'FunctionCall':
        return this.#call(node);
      case 'NumberDurationLiteral':
      case 'StringLiteral':
        return new Set();
      case 'ParenExpr':
      case 'MatrixSelector':
      case 'OffsetExpr':
      case 'UnaryExpr':
        return this.#labels(inner(node));
      default:
        return this.#fail(`${node.name} is not expected here`);
    }
  }

  #selector(node: SyntaxNode): ReadonlySet<string> {
    const matchers = node
      .getChild('LabelMatchers')
      ?.getChildren('UnquotedLabelMatcher')
      .map((matcher) => ({
        label: this.#text(matcher.getChild('LabelName')),
        operator: this.#text(matcher.getChild('MatchOp')),
        value: this.#text(matcher.getChild('StringLiteral')).slice(1, -1),
      }));
    let around = node.parent;
    let range: string | undefined;
    while (around !== null && CALLS_WITH_RANGE.has(around.name)) {
      if (around.name === 'MatrixSelector') range = this.#text(around.getChild('DurationExpr'));
      around = around.parent;
    }
    const call = around?.name === 'FunctionCallBody' ? around.parent?.getChild('FunctionIdentifier') : undefined;
    const selector: Selector = {
      name: this.#text(node.getChild('Identifier')),
      matchers: matchers ?? [],
      range,
      function: call ? this.#text(call) : undefined,
      aggregation: this.#aggregationAround(node),
    };
    this.#selectors.push(selector);
    const labels = new Set(this.labelsOf(selector));
    for (const { label } of selector.matchers) {
      if (label !== '__name__' && !labels.has(label)) this.#fail(`${selector.name} has no label ${label}`);
    }
    return labels;
  }

  #aggregationAround(node: SyntaxNode): string | undefined {
    for (let around = node.parent; around !== null; around = around.parent) {
      if (around.name === 'AggregateExpr') return this.#text(around.getChild('AggregateOp'));
    }
    return undefined;
  }

  #aggregation(node: SyntaxNode): ReadonlySet<string> {
    const modifier = node.getChild('AggregateModifier');
    const args = children(required(node.getChild('FunctionCallBody')));
    const inner = this.#labels(required(args.at(-1)));
    if (modifier === null) return new Set();
    if (modifier.getChild('Without') !== null) return this.#fail('without(...) keeps labels that nobody knows of');
    return this.#subset(modifier, inner);
  }

  #binary(node: SyntaxNode): ReadonlySet<string> {
    const parts = children(node);
    const left = this.#labels(required(parts[0]));
    const right = this.#labels(required(parts.at(-1)));
    const operator = this.#text(required(parts[1]));
    const clause = node.getChild('MatchingModifierClause');
    if (clause !== null) {
      if (clause.getChild('On') === null) return this.#fail('ignoring(...) matches by labels that nobody knows of');
      const on = this.#subset(clause, left);
      this.#subset(clause, right);
      return SET_OPERATORS.has(operator) || clause.getChild('GroupLeft') !== null ? left : on;
    }
    const scalar = [parts[0], parts.at(-1)].some((part) => isScalar(required(part), this.query));
    if (!scalar && !sameLabels(left, right)) {
      this.#fail(`${operator} between series with labels ${[...left]} and ${[...right]}, which never match`);
    }
    return left.size > 0 ? left : right;
  }

  #call(node: SyntaxNode): ReadonlySet<string> {
    const name = this.#text(node.getChild('FunctionIdentifier'));
    const labels = new Set(
      children(required(node.getChild('FunctionCallBody'))).flatMap((arg) => [...this.#labels(arg)]),
    );
    if (name !== 'histogram_quantile') return labels;
    if (!labels.delete('le')) this.#fail('histogram_quantile of series without buckets');
    return labels;
  }

  #subset(node: SyntaxNode, of: ReadonlySet<string>): ReadonlySet<string> {
    const labels = required(node.getChild('GroupingLabels'))
      .getChildren('LabelName')
      .map((label) => this.#text(label));
    for (const label of labels) {
      if (!of.has(label)) this.#fail(`grouped by ${label}, where only ${[...of]} are there`);
    }
    return new Set(labels);
  }

  #text(node: SyntaxNode | null): string {
    return node === null ? '' : this.query.slice(node.from, node.to);
  }

  #fail(why: string): never {
    throw new SyntaxError(`${why}: ${this.query}`);
  }
}

function sameLabels(a: ReadonlySet<string>, b: ReadonlySet<string>): boolean {
  return a.size === b.size && [...a].every((label) => b.has(label));
}
