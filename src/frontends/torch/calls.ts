/** Which module runs, and what the nodes it makes are called. */
import type { Span } from '../../base/span';
import type { GraphBuilder } from '../../ir/build';
import type { Node, Origin } from '../../ir/graph';
import type { Interpreter } from '../python/interpreter';
import type { PyObject } from '../python/values';
import type { Constructions } from './constructions';
import type { Stores } from './stores';

/** One module's forward under way. */
interface Running {
  readonly path: string;
  /** One of PyTorch's own modules: its ops are the module's work. */
  readonly isLibrary: boolean;
  readonly call: number;
  readonly defined: Span | undefined;
  readonly attrs: Origin['attrs'];
  readonly nodes: number[];
  /** Number of nodes of each label so far. */
  readonly labels: Map<string, number>;
}

const outermost = (): Running => ({
  path: '', isLibrary: false, call: 0, defined: undefined, attrs: undefined, nodes: [], labels: new Map(),
}); // prettier-ignore

export class Calls {
  readonly #stack: Running[] = [];
  readonly #times = new Map<string, number>();
  readonly #root = outermost();

  constructor(
    readonly stores: Stores,
    readonly constructions: Constructions,
    private readonly isLibrary: (instance: PyObject) => boolean,
  ) {}

  enter(instance: PyObject): void {
    const path = this.stores.pathOf(instance) ?? `${this.#top().path}.${instance.cls.name}`.replace(/^\./, '');
    const call = this.#times.get(path) ?? 0;
    this.#times.set(path, call + 1);
    const construction = this.constructions.of(instance);
    this.#stack.push({
      path,
      isLibrary: this.isLibrary(instance),
      call,
      defined: construction?.defined,
      attrs: construction === undefined ? undefined : this.constructions.provenance(construction),
      nodes: [],
      labels: new Map(),
    });
  }

  leave(builder: GraphBuilder): void {
    const running = this.#stack.pop();
    if (running?.isLibrary !== true || running.nodes.length !== 1) return;
    // The only op of one of PyTorch's modules is the module.
    const [index = -1] = running.nodes;
    const node = builder.nodes[index];
    if (node !== undefined)
      builder.nodes[index] = { ...node, origin: { ...node.origin, path: running.path } } satisfies Node;
  }

  originOf(interp: Interpreter, label: string): { readonly origin: Origin; readonly note: (node: number) => void } {
    const running = this.#top();
    const count = running.labels.get(label) ?? 0;
    running.labels.set(label, count + 1);
    const callSite = interp.here();
    const within = interp.callAround();
    const defined = running.isLibrary ? running.defined : callSite;
    const attrs = running.isLibrary ? running.attrs : undefined;
    const origin: Origin = {
      path: `${running.path}#${label}[${count}]`,
      label,
      call: running.call,
      ...(defined && { defined }),
      ...(callSite && { callSite }),
      ...(within && { within }),
      ...(attrs && { attrs }),
    };
    return { origin, note: node => void running.nodes.push(node) };
  }

  #top(): Running {
    return this.#stack.at(-1) ?? this.#root;
  }
}
