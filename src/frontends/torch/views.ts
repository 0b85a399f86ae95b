/**
 * Views remember what they look at, so that what is written into `x[2:4]` in place is there when `x` is read. The other
 * way round, a view made before its base changes keeps what it saw.
 */
import { isUnknown } from '../../base/known';
import type { Attrs } from '../../ir/graph';
import type { Interpreter } from '../python/interpreter';
import type { Tensor } from './tensor';
import type { Torch } from './torch';

interface Seen {
  readonly base: Tensor;
  readonly op: string;
  readonly attrs: Attrs;
}

/** Beyond every size; slices are clamped. */
const END = 9_223_372_036_854_774_784;

const RESHAPING = new Set(['view', 'flatten', 'unflatten', 'squeeze', 'unsqueeze', 'reshape']);

export class Views {
  readonly #seen = new WeakMap<Tensor, Seen>();

  made(view: Tensor, base: Tensor, op: string, attrs: Attrs): void {
    if (op === 'slice' || op === 'select' || RESHAPING.has(op)) this.#seen.set(view, { base, op, attrs });
  }

  /** Writes a view that was changed in place back into its base, and that into its own, as long as they are held. */
  written(torch: Torch, interp: Interpreter, view: Tensor): void {
    const seen = this.#seen.get(view);
    if (seen === undefined || !torch.lifetimes.holds(seen.base)) return;
    const { base, op, attrs } = seen;
    if (!RESHAPING.has(op)) {
      const places = op === 'slice' ? attrs : placeOf(attrs);
      torch.apply(interp, 'slice_put', [base, view], { ...places, alias: true }, 'write_back', true);
      return;
    }
    const { shape } = base.type;
    if (isUnknown(shape) || shape.some(isUnknown)) return;
    const [whole] = torch.apply(interp, 'view', [view], { shape: shape.map(Number) }, 'write_back');
    if (whole === undefined) return;
    torch.lifetimes.replaced(base, whole);
    base.replace(whole);
    this.written(torch, interp, base);
  }
}

function placeOf(attrs: Attrs): Attrs {
  const { dim, index } = attrs;
  const at = Number(index);
  return { axes: [Number(dim)], starts: [at], ends: [at === -1 ? END : at + 1], steps: [1], dropped: [Number(dim)] };
}
