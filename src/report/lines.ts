/** Which lines of code a layer ran from. */
import type { LayerReport, ModelReport } from './view';

/** The layer's own line and those of the calls around it, each once however often it recurs. */
export function linesOf({ layers, calls = [] }: ModelReport, layer: number, path: string): ReadonlySet<number> {
  const found = layers[layer];
  const own = lineOf(found, path);
  const lines = new Set(own === undefined ? [] : [own]);
  for (let call = calls[found?.within ?? -1]; call !== undefined; call = calls[call.within ?? -1])
    if (call.file === path) lines.add(call.line);
  return lines;
}

/** The call; the definition stands for it only where nothing else is known. */
function lineOf(layer: LayerReport | undefined, path: string): number | undefined {
  if (layer === undefined) return undefined;
  const { callSite, file, line } = layer;
  if (callSite !== null) return callSite.file === path ? callSite.line : undefined;
  return line !== null && file === path ? line : undefined;
}
