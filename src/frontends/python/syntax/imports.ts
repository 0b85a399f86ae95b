/** Import statements. */
import type { SyntaxNode } from '@lezer/common';
import type { Statement } from '../ast';
import type { Reader } from './reader';
import { atCommas } from './reader';

export function readImport(reader: Reader, node: SyntaxNode, children: readonly SyntaxNode[]): Statement {
  const at = { start: node.from, end: node.to };
  const place = children.findIndex(child => child.name === 'import');
  const named = children.slice(place + 1).filter(child => child.name !== '(' && child.name !== ')');
  const names = atCommas(named).groups.map(group => readName(reader, group));
  if (children[0]?.name !== 'from')
    return { kind: 'import', names: names.map(({ name, as }) => ({ module: name, ...(as !== undefined && { as }) })), ...at }; // prettier-ignore
  const path = children.slice(1, place).map(child => reader.slice(child)).join(''); // prettier-ignore
  const level = /^\.*/.exec(path)?.[0].length ?? 0;
  return {
    kind: 'import-from',
    level,
    module: path.slice(level),
    names: names.map(({ name, as }) => ({ name, as: as ?? name })),
    ...at,
  };
}

function readName(reader: Reader, group: readonly SyntaxNode[]): { name: string; as?: string } {
  const place = group.findIndex(child => child.name === 'as');
  const words = place < 0 ? group : group.slice(0, place);
  const alias = place < 0 ? undefined : group[place + 1];
  return {
    name: words.map(child => reader.slice(child)).join(''),
    ...(alias && { as: reader.slice(alias) }),
  };
}
