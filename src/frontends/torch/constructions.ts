/** Where each module instance is constructed, and which of its arguments were written there. */
import type { Span } from '../../base/span';
import type { Provenance } from '../../ir/graph';
import type { Argument } from '../python/ast';
import { PyFunction } from '../python/functions';
import type { Frame, Interpreter } from '../python/interpreter';
import { spanOf } from '../python/places';
import type { PyClass, PyObject } from '../python/values';

export interface Construction {
  /** The call in the user's own text. */
  readonly defined: Span | undefined;
  readonly key: string;
  readonly attrs: readonly (readonly [name: string, span: Span])[];
}

export class Constructions {
  readonly #made = new WeakMap<PyObject, Construction>();
  /** How often each place constructed something: more than once means that an edit there touches several layers. */
  readonly #times = new Map<string, number>();

  /** To be called before the constructor runs; the result is given to `remember`. */
  begin(interp: Interpreter, cls: PyClass): Construction {
    const frame = interp.userFrame();
    const defined = interp.here();
    const key = `${defined?.file} ${defined?.start} ${defined?.end}`;
    // Modules that a library module makes inside are not written there.
    const direct = frame !== undefined && frame === interp.frame;
    if (direct) this.#times.set(key, (this.#times.get(key) ?? 0) + 1);
    return { defined, key, attrs: direct ? argumentSpans(frame, cls) : [] };
  }

  remember(instance: PyObject, construction: Construction): void {
    this.#made.set(instance, construction);
  }

  of(instance: PyObject): Construction | undefined {
    return this.#made.get(instance);
  }

  provenance({ attrs, key }: Construction): Readonly<Record<string, Provenance>> | undefined {
    if (attrs.length === 0) return undefined;
    const shared = (this.#times.get(key) ?? 0) > 1;
    return Object.fromEntries(attrs.map(([name, span]) => [name, { span, shared }]));
  }
}

/** Arguments of the call under evaluation by the names of the constructor's parameters. */
function argumentSpans(frame: Frame, cls: PyClass): readonly (readonly [string, Span])[] {
  const node = frame.at;
  const init = cls.lookup('__init__');
  if (node?.kind !== 'call' || !(init instanceof PyFunction)) return [];
  const names = init.code.parameters.filter(({ form }) => form === 'plain' || form === 'positional-only').map(({ name }) => name).slice(1); // prettier-ignore
  const spans: [string, Span][] = [];
  let next = 0;
  for (const argument of node.args) {
    const name = nameOf(argument, names, next);
    if (argument.form === 'positional') next++;
    else if (argument.form === 'star') break;
    const span = name === undefined ? undefined : spanOf(frame.module, argument.value);
    if (name !== undefined && span !== undefined) spans.push([name, span]);
  }
  return spans;
}

const nameOf = (argument: Argument, names: readonly string[], next: number): string | undefined =>
  argument.form === 'keyword' ? argument.name : argument.form === 'positional' ? names[next] : undefined;
