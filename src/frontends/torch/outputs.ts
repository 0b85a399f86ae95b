/** What a model hands back, as named outputs of the graph. */
import type { Output } from '../../ir/graph';
import type { Value } from '../python/values';
import { PyDict, PyList, PyObject, PyTuple, Unknown } from '../python/values';
import { Tensor } from './tensor';
import type { Torch } from './torch';

export interface Collected {
  readonly outputs: readonly Output[];
  /** Something in it is not known. */
  readonly lost: readonly Unknown[];
}

/** Tensors in order: keys name them where there are keys, numbers where there are none. */
export function collectOutputs(torch: Torch, result: Value): Collected {
  const outputs: Output[] = [];
  const lost: Unknown[] = [];
  const seen = new Set<PyObject>();
  const visit = (value: Value, name: string | undefined, inside = true): void => {
    if (!(value instanceof PyObject) || seen.has(value)) return;
    if (value instanceof Tensor)
      outputs.push({ name: name ?? `output${outputs.length}`, value: torch.placeOf(value).id }); // prettier-ignore
    else if (value instanceof Unknown) lost.push(value);
    // An object beside the results, such as a cache, is what the model works with and not what it answers.
    else if (!inside || !isPlainObject(value)) {
      seen.add(value);
      visitInside(value, visit);
    }
  };
  visit(result, undefined, false);
  return { outputs: unique(outputs), lost };
}

const isPlainObject = (value: PyObject): boolean =>
  !(value instanceof PyTuple || value instanceof PyList || value instanceof PyDict) && value.cls.lookup('__dataclass_fields__') === undefined; // prettier-ignore

function visitInside(value: PyObject, visit: (value: Value, name: string | undefined) => void): void {
  if (value instanceof PyTuple || value instanceof PyList) for (const item of value.items) visit(item, undefined);
  else if (value instanceof PyDict)
    for (const [key, item] of value.entries()) visit(item, typeof key === 'string' ? key : undefined);
  else if (value.dict !== undefined)
    for (const [key, item] of value.dict.entries())
      if (typeof key === 'string' && !key.startsWith('_')) visit(item, key);
}

function unique(outputs: readonly Output[]): Output[] {
  const used = new Set<string>();
  return outputs.map(output => {
    let { name } = output;
    for (let count = 1; used.has(name); count++) name = `${output.name}_${count}`;
    used.add(name);
    return { ...output, name };
  });
}
