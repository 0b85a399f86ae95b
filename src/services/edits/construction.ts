/** Rewrites the call that constructs a module. */
import type { ArgumentSource, CallSource, Edit } from '../../advisor/rule';
import { isText } from '../../advisor/source';
import type { Text } from '../../base/text';
import { text } from '../../base/text';
import type { Argument, Expression, Module } from '../../frontends/python/ast';
import type { TextEditReport } from '../../report/advice';
import { nodeAt } from './tree';

export function editConstruction(
  source: string,
  module: Module,
  edit: Extract<Edit, { kind: 'construction' }>,
): readonly TextEditReport[] | Text {
  const call = nodeAt(module.statements, edit.at);
  if (call?.kind !== 'call') return text('the module is not constructed by a call that stands in this file');
  const slice = (node: { start: number; end: number }): string => source.slice(node.start, node.end);
  const described: CallSource = {
    callee: slice(call.callee),
    arguments: call.args.map(argument => describe(argument, slice)),
  };
  const written = edit.rewrite(described);
  return isText(written) ? written : [{ file: edit.at.file, start: call.start, end: call.end, text: written }];
}

const describe = (argument: Argument, slice: (node: { start: number; end: number }) => string): ArgumentSource => ({
  ...(argument.name !== undefined && { name: argument.name }),
  starred: argument.form === 'star' || argument.form === 'double-star',
  text: slice(argument.value),
  repeatable: isRepeatable(argument.value),
});

function isRepeatable(expression: Expression): boolean {
  switch (expression.kind) {
    case 'name':
    case 'int':
    case 'float':
    case 'constant':
      return true;
    case 'attribute':
      return isRepeatable(expression.object);
    case 'binary':
      return isRepeatable(expression.left) && isRepeatable(expression.right);
    case 'subscript':
      return isRepeatable(expression.object) && isRepeatable(expression.index);
    case 'unary':
      return isRepeatable(expression.operand);
    default:
      return false;
  }
}
