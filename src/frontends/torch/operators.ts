/** Python's operators on tensors, by the op entries' names. */
import type { BinaryOperator, CompareOperator } from '../python/ast';
import type { Interpreter } from '../python/interpreter';
import { isNumber } from '../python/numbers';
import { unboxed } from '../python/truth';
import type { Value } from '../python/values';
import { PyTuple, PyList, Unknown } from '../python/values';
import { Tensor } from './tensor';
import { torchOf } from './torch';

const BINARY: Readonly<Record<BinaryOperator, readonly string[]>> = {
  '+': ['torch.add'], '-': ['torch.sub'], '*': ['torch.mul'], '/': ['torch.div'], '//': ['torch.floor_divide'],
  '%': ['torch.remainder'], '**': ['torch.pow'], '@': ['torch.matmul'], '<<': ['torch.bitwise_left_shift'],
  '>>': ['torch.bitwise_right_shift'], '&': ['torch.bitwise_and'], '|': ['torch.bitwise_or'], '^': ['torch.bitwise_xor'],
}; // prettier-ignore

const COMPARE: Readonly<Partial<Record<CompareOperator, readonly [string, string]>>> = {
  '==': ['torch.eq', 'torch.eq'], '!=': ['torch.ne', 'torch.ne'], '<': ['torch.lt', 'torch.gt'],
  '>': ['torch.gt', 'torch.lt'], '<=': ['torch.le', 'torch.ge'], '>=': ['torch.ge', 'torch.le'],
}; // prettier-ignore

const isOperand = (value: Value): boolean => value instanceof Tensor || isNumber(unboxed(value)) || value instanceof Unknown; // prettier-ignore

export function applyOperator(
  interp: Interpreter,
  tensor: Tensor,
  operator: BinaryOperator,
  other: Value,
  reflected: boolean,
  inPlace: boolean,
): Value | undefined {
  if (!isOperand(other)) return undefined;
  const [name = 'torch.add'] = BINARY[operator];
  const positional = reflected ? [other, tensor] : [tensor, other];
  return torchOf(interp).call(interp, name, { positional }, { inPlace });
}

/** `tensor == None` and the like are plainly false. */
export function applyComparison(
  interp: Interpreter,
  tensor: Tensor,
  operator: CompareOperator,
  other: Value,
  reflected: boolean,
): Value | undefined {
  const names = COMPARE[operator];
  if (names === undefined) return undefined;
  if (!isOperand(other)) return other instanceof PyTuple || other instanceof PyList || operator === '<' ? undefined : operator === '!='; // prettier-ignore
  return torchOf(interp).call(interp, names[reflected ? 1 : 0], { positional: [tensor, other] });
}

export const applyUnary = (interp: Interpreter, tensor: Tensor, operator: '-' | '~'): Value =>
  torchOf(interp).call(interp, operator === '-' ? 'torch.neg' : 'torch.bitwise_not', { positional: [tensor] });
