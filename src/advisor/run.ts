/** Detects, quantifies and ranks. A saving is the difference between two estimates: never a sum of claims. */
import type { Figure } from '../base/figure';
import { figure } from '../base/figure';
import type { GramsPerKWh } from '../base/units';
import type { Device } from '../estimate/device';
import { estimate } from '../estimate/roofline';
import type { Estimate } from '../estimate/roofline';
import type { ModelCost } from '../estimate/rollup';
import { rollUp } from '../estimate/rollup';
import type { Graph } from '../ir/graph';
import { rewrite } from '../ops/rewrite';
import { rules } from './index';
import type { Match, Rule } from './rule';

export interface Suggestion {
  readonly id: string;
  readonly rule: Rule;
  readonly match: Match;
  readonly rewritten: Graph;
  readonly deltas: Deltas;
}

/** Replacement minus original. `bytes` is the traffic after fusion. */
export interface Deltas {
  readonly parameters: number;
  readonly macs: number;
  readonly bytes: number;
  readonly energyJ: Figure;
  readonly carbonG: Figure;
}

export function advise(graph: Graph, device: Device, grid: Figure<GramsPerKWh>): readonly Suggestion[] {
  const before = assess(graph, device, grid);
  const found = rules.flatMap(rule =>
    rule.detect(graph).flatMap(match => {
      const rewritten = rewrite(graph, match.replacements);
      if (contradicts(graph, rewritten)) return [];
      const deltas = difference(before, assess(rewritten, device, grid));
      return [{ id: `${rule.id}@${match.key}`, rule, match, rewritten, deltas }];
    }),
  );
  return found.filter(({ deltas }) => saves(deltas)).sort((a, b) => a.deltas.energyJ.value - b.deltas.energyJ.value);
}

/** A replacement that costs more energy than it saves is none, whatever its MACs. */
const saves = ({ energyJ, parameters, bytes }: Deltas): boolean =>
  energyJ.value < 0 || (energyJ.value === 0 && (parameters < 0 || bytes < 0));

/** The rewritten graph must be as sound as the original and give the same outputs. */
function contradicts(before: Graph, after: Graph): boolean {
  const types = (graph: Graph): string =>
    JSON.stringify(graph.outputs.map(({ name, value }) => [name, graph.values[value]?.type]));
  const mismatches = (graph: Graph): number => graph.gaps.filter(gap => gap.code === 'shape-mismatch').length;
  return types(before) !== types(after) || mismatches(after) > mismatches(before);
}

interface Assessment {
  readonly cost: ModelCost;
  readonly estimate: Estimate;
}

function assess(graph: Graph, device: Device, grid: Figure<GramsPerKWh>): Assessment {
  const cost = rollUp(graph);
  return { cost, estimate: estimate(graph, cost, device, grid) };
}

function difference(before: Assessment, after: Assessment): Deltas {
  return {
    parameters: after.cost.parameters - before.cost.parameters,
    macs: after.cost.macs - before.cost.macs,
    bytes: after.cost.trafficBytes - before.cost.trafficBytes,
    energyJ: change(before.estimate.energyJ, after.estimate.energyJ),
    carbonG: change(before.estimate.carbonG, after.estimate.carbonG),
  };
}

/**
 * Both estimates err the same way (one device, one efficiency), so the range of the difference comes from the pairs of
 * lower and of upper ends, not from their extremes crosswise.
 */
function change(before: Figure, after: Figure): Figure {
  const ends = [after.low - before.low, after.value - before.value, after.high - before.high];
  return figure(after.value - before.value, Math.min(...ends), Math.max(...ends), after.basis, after.source);
}
