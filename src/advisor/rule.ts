/**
 * What a rule must say. A rule detects places on the graph and rewrites them; it never states a saving: the runner
 * estimates the rewritten graph again. Rules are read-only on the graph, one per file.
 */
import type { Span } from '../base/span';
import type { Text } from '../base/text';
import type { Graph } from '../ir/graph';
import type { Replacement } from '../ops/rewrite';

export type Safety = 'exact' | 'approximate' | 'fine-tune' | 'retrain';

export interface Rule {
  readonly id: string;
  readonly title: Text;
  readonly why: Text;
  readonly safety: Safety;
  readonly evidence: readonly { readonly paper: string; readonly says: string }[];
  readonly detect: (graph: Graph) => readonly Match[];
}

/** One place in the source (or in an `.onnx` file): everything that one edit there would change. */
export interface Match {
  /** Stable across readings of the same source: tells this match from the rule's others. */
  readonly key: string;
  readonly layers: readonly string[];
  readonly at?: Span;
  readonly replacements: readonly Replacement[];
  readonly edit: Edit;
}

/** How the source would be changed; carried out on the syntax tree by whoever has it. */
export type Edit =
  | { readonly kind: 'construction'; readonly at: Span; readonly rewrite: (call: CallSource) => string | Text }
  | {
      readonly kind: 'attention';
      /** First product, softmax and second product, as they are called. */
      readonly first: Span;
      readonly softmax: Span;
      readonly second: Span;
      /** The factor before the softmax: the function's own default 1/√E, none at all, or whatever this call applies. */
      readonly scale: 'default' | 'one' | Span;
      readonly dropouts: readonly Span[];
    }
  | { readonly kind: 'none'; readonly reason: Text };

/** A call as it stands in the source. */
export interface CallSource {
  /** `nn.Conv2d` */
  readonly callee: string;
  readonly arguments: readonly ArgumentSource[];
}

export interface ArgumentSource {
  readonly name?: string;
  /** `*args` or `**kwargs`. */
  readonly starred: boolean;
  readonly text: string;
  /** A name, an attribute, a number or arithmetic on them: may be written twice without changing what happens. */
  readonly repeatable: boolean;
}
