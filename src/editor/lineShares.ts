/** What a profile says of single lines of code, and where those lines are after an edit. Knows nothing of the editor. */
import type { Basis } from '../base/figure';
import { weaker } from '../base/figure';
import { linesOf } from '../report/lines';
import type { ProfileResult } from '../report/profile';
import type { ModelReport } from '../report/view';

export interface MeasuredLine {
  /** From 1. */
  readonly line: number;
  /** Of the model's time in layers, from 0 to 1, with all that the line's calls call. */
  readonly share: number;
  readonly latencyS: number;
  readonly energyJ: number | null;
  readonly energyBasis: Basis;
  /** Layers that ran from here. */
  readonly layers: number;
}

/** Every line of the file that called something which was measured, from the top. */
export function measuredLines(model: ModelReport, result: ProfileResult, path: string): readonly MeasuredLine[] {
  const lines = new Map<number, MeasuredLine>();
  for (const { layer, share, latencyS, energyJ } of result.layers) {
    for (const line of linesOf(model, layer, path)) {
      const before = lines.get(line);
      lines.set(line, {
        line,
        share: (before?.share ?? 0) + share,
        latencyS: (before?.latencyS ?? 0) + latencyS.value,
        energyJ: energyJ === null || before?.energyJ === null ? null : (before?.energyJ ?? 0) + energyJ.value,
        energyBasis: weaker(before?.energyBasis ?? 'measured', energyJ?.basis ?? 'measured'),
        layers: (before?.layers ?? 0) + 1,
      });
    }
  }
  return [...lines.values()].sort((a, b) => a.line - b.line);
}

/** An edit as editors tell it: lines from 0, the end's line included. */
export interface LineEdit {
  readonly startLine: number;
  readonly endLine: number;
  readonly text: string;
}

/** The lines after an edit: those below move, those that it rewrote are gone. */
export function moveLines(lines: readonly MeasuredLine[], edit: LineEdit): readonly MeasuredLine[] {
  const added = edit.text.split('\n').length - 1;
  const moved = added - (edit.endLine - edit.startLine);
  return lines.flatMap(measured => {
    const at = measured.line - 1;
    if (at < edit.startLine || (at === edit.startLine && edit.startLine === edit.endLine && added === 0))
      return [measured];
    if (at > edit.endLine) return [{ ...measured, line: measured.line + moved }];
    return [];
  });
}

/** Steps of the heat bar, from the least. */
export const HEAT_STEPS = 4;
const HEAT = [0.03, 0.1, 0.3];

export const heatOf = (share: number): number => HEAT.filter(least => share >= least).length;
