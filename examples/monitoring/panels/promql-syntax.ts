/**
 * PromQL by Prometheus' own grammar.
 *
 * @module
 */

import type { SyntaxNode } from '@lezer/common';
import { parser } from '@prometheus-io/lezer-promql';

/** @throws SyntaxError for what is no PromQL */
export function parseSyntax(query: string): SyntaxNode {
  const tree = parser.parse(query);
  tree.iterate({
    enter: (node) => {
      if (node.type.isError) throw new SyntaxError(`no PromQL at character ${node.from}: ${query}`);
    },
  });
  const expr = tree.topNode.firstChild;
  if (expr === null) throw new SyntaxError(`empty: ${query}`);
  return expr;
}

export function children(node: SyntaxNode): SyntaxNode[] {
  const found: SyntaxNode[] = [];
  for (let child = node.firstChild; child !== null; child = child.nextSibling) found.push(child);
  return found;
}

export function required(node: SyntaxNode | null | undefined): SyntaxNode {
  if (node === null || node === undefined) throw new SyntaxError('a part of the expression is missing');
  return node;
}

/** What is between brackets, after a sign, or moved in time. */
export function inner(node: SyntaxNode): SyntaxNode {
  return required(children(node).find(({ name }) => name !== 'UnaryOp'));
}

export function contains(node: SyntaxNode, name: string): boolean {
  return node.name === name || children(node).some((child) => contains(child, name));
}

/** Numbers, `time()`, and what is computed of them. */
export function isScalar(node: SyntaxNode, query: string): boolean {
  if (node.name === 'NumberDurationLiteral') return true;
  if (node.name === 'FunctionCall') return query.slice(node.from, node.to).startsWith('time(');
  return ['BinaryExpr', 'ParenExpr', 'UnaryExpr'].includes(node.name) && !contains(node, 'VectorSelector');
}
