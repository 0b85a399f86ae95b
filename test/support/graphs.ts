/** Small graphs by hand: `build(add => …)` with types as printed, for tests above the front ends. */
import { GraphBuilder } from '../../src/ir/build';
import type { Attrs, Graph, Origin, ValueId } from '../../src/ir/graph';
import type { TensorType } from '../../src/ir/tensor';
import { parseType } from '../../src/ir/tensor';
import { applyOp } from '../../src/ops/apply';

export function typeOf(printed: string): TensorType {
  const type = parseType(printed);
  if (type === undefined) throw new Error(`no type: ${printed}`);
  return type;
}

export class Sketch {
  readonly builder = new GraphBuilder();
  #storage = 0;

  input(type: string, name = 'x'): ValueId {
    return this.builder.input(name, typeOf(type));
  }

  parameter(
    type: string,
    path: string,
    options: { storage?: number; trainable?: boolean; counted?: boolean } = {},
  ): ValueId {
    const stored = { path, storage: this.#storage++, trainable: true, counted: true, ...options };
    return this.builder.stored('parameter', typeOf(type), stored);
  }

  buffer(type: string, path: string): ValueId {
    return this.builder.stored('buffer', typeOf(type), {
      path,
      storage: this.#storage++,
      trainable: false,
      counted: true,
    });
  }

  number(value: number): ValueId {
    return this.builder.constant(typeOf('float32[]'), [value]);
  }

  op(
    op: string,
    inputs: readonly (ValueId | undefined)[],
    attrs: Attrs = {},
    origin: Partial<Origin> = {},
    inPlace = false,
  ): ValueId {
    const path = `${op}${this.builder.nodes.length}`;
    const [output] = applyOp(this.builder, {
      op,
      inputs,
      attrs,
      inPlace,
      origin: { path, label: op, call: 0, ...origin },
    });
    if (output === undefined) throw new Error('no output');
    return output;
  }

  finish(...outputs: readonly ValueId[]): Graph {
    return this.builder.finish(
      'sketch',
      outputs.map((value, index) => ({ name: `output${index}`, value })),
    );
  }
}

export function sketch(draw: (to: Sketch) => readonly ValueId[]): Graph {
  const to = new Sketch();
  return to.finish(...draw(to));
}
