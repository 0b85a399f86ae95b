/** Reading and writing a constructor call's arguments, as rules need it. */
import type { Text } from '../base/text';
import { text } from '../base/text';
import type { ArgumentSource, CallSource } from './rule';

export const STARRED = text('the call passes its arguments on with a star, so what it is given is not visible here');

/** Arguments by parameter name, or why they cannot be told. */
export function bind(call: CallSource, parameters: readonly string[]): ReadonlyMap<string, ArgumentSource> | Text {
  const bound = new Map<string, ArgumentSource>();
  for (const [index, argument] of call.arguments.entries()) {
    if (argument.starred) return STARRED;
    const name = argument.name ?? parameters[index];
    if (name === undefined || !parameters.includes(name))
      return text('the call has an argument that {0} does not take', call.callee);
    bound.set(name, argument);
  }
  return bound;
}

export const isText = (value: unknown): value is Text =>
  typeof value === 'object' && value !== null && 'template' in value;

export const CONV_PARAMETERS = [
  'in_channels', 'out_channels', 'kernel_size', 'stride', 'padding', 'dilation', 'groups', 'bias', 'padding_mode',
  'device', 'dtype',
]; // prettier-ignore
