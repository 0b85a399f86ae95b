/**
 * Rewrites hand-written attention: the second product becomes the call, the statements that made the weights go.
 * Refuses with a reason wherever the rest of the function could notice.
 */
import type { Edit } from '../../advisor/rule';
import { isText } from '../../advisor/source';
import type { Text } from '../../base/text';
import { text } from '../../base/text';
import type { Expression, Module, Statement } from '../../frontends/python/ast';
import type { TextEditReport } from '../../report/advice';
import type { Stretch } from './tree';
import { contains, nodeAt, stretchOf, visit } from './tree';

type AttentionEdit = Extract<Edit, { kind: 'attention' }>;

interface Operands {
  readonly left: Expression;
  readonly right: Expression;
}

export function editAttention(source: string, module: Module, edit: AttentionEdit): readonly TextEditReport[] | Text {
  const slice = (node: { start: number; end: number }): string => source.slice(node.start, node.end);
  const first = operandsOf(nodeAt(module.statements, edit.first), slice);
  const second = operandsOf(nodeAt(module.statements, edit.second), slice);
  const stretch = stretchOf(module.statements, edit.first, edit.second);
  if (first === undefined || second === undefined || stretch === undefined)
    return text('the products of the attention do not stand in one function as plain products');
  const doomed = doomedStatements(stretch, edit);
  if (isText(doomed)) return doomed;
  const objection = usedElsewhere(stretch, doomed, edit) ?? reassigned(stretch, doomed, [first.left, first.right]);
  if (objection !== undefined) return objection;
  const name = functionName(module);
  const scale = scaleArgument(source, module, edit);
  const dropout = dropoutArgument(module, edit, slice);
  if (name === undefined) return text('the file imports neither torch nor torch.nn.functional by a name');
  if (isText(scale)) return scale;
  if (isText(dropout)) return dropout;
  const args = [slice(first.left), keyText(first.right, slice), slice(second.right), ...dropout, ...scale];
  const { file } = edit.second;
  return [
    ...doomed.map(statement => removal(source, file, statement)),
    { file, start: edit.second.start, end: edit.second.end, text: `${name}(${args.join(', ')})` },
  ].sort((a, b) => a.start - b.start);
}

/** `a @ b`, `torch.matmul(a, b)`, `torch.bmm(a, b)`, `a.matmul(b)`. */
function operandsOf(
  node: Expression | Statement | undefined,
  slice: (node: Expression) => string,
): Operands | undefined {
  if (node?.kind === 'binary' && node.operator === '@') return { left: node.left, right: node.right };
  if (node?.kind !== 'call' || node.callee.kind !== 'attribute' || !['matmul', 'bmm'].includes(node.callee.name))
    return undefined;
  if (node.args.some(argument => argument.form !== 'positional')) return undefined;
  const [a, b] = node.args.map(argument => argument.value);
  if (a !== undefined && b !== undefined && slice(node.callee.object) === 'torch') return { left: a, right: b };
  return a !== undefined && b === undefined ? { left: node.callee.object, right: a } : undefined;
}

/** The keys, out of the expression that is their transpose. */
function keyText(transposed: Expression, slice: (node: Expression) => string): string {
  if (transposed.kind === 'attribute' && transposed.name === 'mT') return slice(transposed.object);
  if (transposed.kind === 'call' && transposed.callee.kind === 'attribute' && transposed.callee.name === 'transpose') {
    const axes = transposed.args.map(argument => slice(argument.value)).sort();
    if (transposed.args.length === 2 && axes.join() === '-1,-2') return slice(transposed.callee.object);
  }
  const inner = slice(transposed);
  return transposed.kind === 'binary' ? `(${inner}).transpose(-2, -1)` : `${inner}.transpose(-2, -1)`;
}

/** Statements before the second product whose whole purpose is the weights. */
function doomedStatements({ suite, from, to }: Stretch, edit: AttentionEdit): readonly Statement[] | Text {
  const spans = [edit.first, edit.softmax, ...edit.dropouts, ...(typeof edit.scale === 'string' ? [] : [edit.scale])];
  const doomed = suite.slice(from, to).filter(statement => spans.some(span => contains(statement, span)));
  const odd = doomed.some(
    statement => statement.kind !== 'assign' || statement.targets.length !== 1 || statement.targets[0]?.kind !== 'name',
  );
  return odd ? text('the weights are not kept in plain local variables') : doomed;
}

const targetsOf = (statements: readonly Statement[]): ReadonlySet<string> =>
  new Set(
    statements
      .flatMap(statement => (statement.kind === 'assign' ? statement.targets : []))
      .flatMap(target => (target.kind === 'name' ? target.id : [])),
  );

function usedElsewhere(stretch: Stretch, doomed: readonly Statement[], edit: AttentionEdit): Text | undefined {
  const names = targetsOf(doomed);
  const [start] = doomed;
  let user: string | undefined;
  visit(stretch.scope, node => {
    const inside =
      doomed.includes(node as Statement) || (node.start === edit.second.start && node.end === edit.second.end);
    if (node.kind === 'name' && names.has(node.id) && start !== undefined && node.start > start.start) user ??= node.id;
    return !inside;
  });
  return user === undefined ? undefined : text('"{0}" is used again after the attention', user);
}

/** The operands move down to the second product, so nothing in between may change them. */
function reassigned(
  { suite, from, to }: Stretch,
  doomed: readonly Statement[],
  operands: readonly Expression[],
): Text | undefined {
  const assigned = targetsOf(suite.slice(from, to).filter(statement => !doomed.includes(statement)));
  const own = targetsOf(doomed);
  let changed: string | undefined;
  visit(operands, node => {
    if (node.kind === 'name' && (assigned.has(node.id) || own.has(node.id))) changed ??= node.id;
    return true;
  });
  return changed === undefined ? undefined : text('"{0}" changes before the second product', changed);
}

/** How this file can name the function. */
function functionName(module: Module): string | undefined {
  const imported = new Map<string, string>();
  for (const statement of module.statements) {
    if (statement.kind === 'import') for (const { module: path, as } of statement.names) imported.set(path, as ?? path);
    if (statement.kind === 'import-from' && statement.level === 0)
      for (const { name, as } of statement.names) imported.set(`${statement.module}.${name}`, as);
  }
  const functional = imported.get('torch.nn.functional');
  const nn = imported.get('torch.nn');
  const torch = imported.get('torch');
  const prefix = functional ?? (nn === undefined ? torch && `${torch}.nn.functional` : `${nn}.functional`);
  return prefix === undefined ? undefined : `${prefix}.scaled_dot_product_attention`;
}

function scaleArgument(source: string, module: Module, edit: AttentionEdit): readonly string[] | Text {
  if (edit.scale === 'default') return [];
  if (edit.scale === 'one') return ['scale=1.0'];
  const node = nodeAt(module.statements, edit.scale);
  if (node?.kind !== 'binary' || !['*', '/'].includes(node.operator))
    return text('the scores are scaled in a way that cannot be moved');
  const factor =
    node.operator === '*' && (node.right.kind === 'binary' || contains(node.right, edit.first))
      ? node.left
      : node.right;
  const written = source.slice(factor.start, factor.end);
  return [node.operator === '*' ? `scale=${written}` : `scale=1 / (${written})`];
}

/** In training the weights are dropped out; `self.dropout(weights)` names a module that knows its rate. */
function dropoutArgument(
  module: Module,
  edit: AttentionEdit,
  slice: (node: Expression) => string,
): readonly string[] | Text {
  const [span, ...more] = edit.dropouts;
  if (span === undefined) return [];
  const node = nodeAt(module.statements, span);
  if (more.length > 0 || node?.kind !== 'call' || node.args.length !== 1 || !slice(node.callee).startsWith('self.'))
    return text('the dropout of the weights cannot be moved into the call');
  return [`dropout_p=${slice(node.callee)}.p if self.training else 0.0`];
}

/** The statement with its whole line where nothing else stands on it. */
function removal(source: string, file: string, statement: Statement): TextEditReport {
  const lineStart = source.lastIndexOf('\n', statement.start - 1) + 1;
  const newline = source.indexOf('\n', statement.end);
  const lineEnd = newline < 0 ? source.length : newline + 1;
  const alone =
    source.slice(lineStart, statement.start).trim() === '' && source.slice(statement.end, lineEnd).trim() === '';
  return alone
    ? { file, start: lineStart, end: lineEnd, text: '' }
    : { file, start: statement.start, end: statement.end, text: 'pass' };
}
