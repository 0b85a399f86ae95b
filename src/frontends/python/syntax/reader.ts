/** What all conversions share: the text, children without comments, errors. */
import type { SyntaxNode } from '@lezer/common';
import type { SyntaxError } from '../ast';

export class Reader {
  constructor(readonly text: string) {}

  slice(node: SyntaxNode): string {
    return this.text.slice(node.from, node.to);
  }

  error(node: SyntaxNode): SyntaxError {
    return { kind: 'error', start: node.from, end: node.to };
  }
}

/** Children in order, comments left out. */
export function childrenOf(node: SyntaxNode): SyntaxNode[] {
  const children: SyntaxNode[] = [];
  for (let child = node.firstChild; child !== null; child = child.nextSibling)
    if (child.name !== 'Comment') children.push(child);
  return children;
}

export const isBroken = (children: readonly SyntaxNode[]): boolean => children.some(child => child.type.isError);

/** Groups children at commas; an empty last group (trailing comma) is dropped. */
export function atCommas(children: readonly SyntaxNode[]): { groups: SyntaxNode[][]; trailing: boolean } {
  const groups: SyntaxNode[][] = [];
  let current: SyntaxNode[] = [];
  let trailing = false;
  for (const child of children) {
    trailing = child.name === ',';
    if (!trailing) current.push(child);
    else {
      groups.push(current);
      current = [];
    }
  }
  if (current.length > 0) groups.push(current);
  return { groups, trailing };
}
