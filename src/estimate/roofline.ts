/**
 * Time and energy of a model from its work and a device's ceilings: per op the slower of computing and moving data.
 * Knows nothing of kernels or caches: a ceiling model, deliberately, whose range says how far real kernels stay below.
 */
import type { Figure } from '../base/figure';
import { combine, figure } from '../base/figure';
import { isUnknown } from '../base/known';
import type { GramsCO2e, GramsPerKWh, Joules, Seconds } from '../base/units';
import { carbonOf, energyOf, seconds } from '../base/units';
import type { Graph, Node } from '../ir/graph';
import { valueOf } from '../ir/graph';
import type { DType } from '../ir/tensor';
import { isFloat } from '../ir/tensor';
import type { Device } from './device';
import type { ModelCost } from './rollup';

/**
 * Share of the ceiling that kernels reach: dense kernels of tuned libraries stay between a tenth and all of it.
 * Williams, Waterman, Patterson 2009 (doi:10.1145/1498765.1498785) describe the model; the shares are assumed.
 */
const EFFICIENCY = { low: 0.1, typical: 0.45, high: 1 } as const;

export interface Bound {
  readonly timeS: Figure<Seconds>;
  /** Which ceiling decides at typical efficiency. */
  readonly limit: 'compute' | 'memory' | 'overhead';
}

export interface Estimate {
  readonly latencyS: Figure<Seconds>;
  readonly energyJ: Figure<Joules>;
  readonly carbonG: Figure<GramsCO2e>;
  /** In the order of the graph's nodes; undefined where the cost is unknown. */
  readonly layers: readonly (Bound | undefined)[];
}

export function estimate(graph: Graph, cost: ModelCost, device: Device, grid: Figure<GramsPerKWh>): Estimate {
  const layers = cost.layers.map((layer, index) => {
    if (layer.flops === null || layer.bytes === null) return undefined;
    return bound(
      { flops: layer.flops, bytes: layer.bytes, fused: cost.fused[index] ?? layer.bytes },
      dtypeOf(graph, layer.node),
      device,
    );
  });
  const latencyS = totalTime(layers, device);
  const energyJ = combine(device.power, latencyS, energyOf);
  return { latencyS, energyJ, carbonG: combine(energyJ, grid, carbonOf), layers };
}

interface Work {
  readonly flops: number;
  readonly bytes: number;
  readonly fused: number;
}

function bound(work: Work, dtype: DType, device: Device): Bound {
  const free = work.flops === 0 && work.bytes === 0;
  const peak = device.peak(dtype);
  const at = (rate: number, width: number, bytes: number): number => Math.max(work.flops / rate, bytes / width);
  const compute = work.flops / (peak.value * EFFICIENCY.typical);
  const memory = work.fused / (device.bandwidth.value * EFFICIENCY.typical);
  const overhead = free ? 0 : device.perOp.value;
  const value = Math.max(compute, memory) + overhead;
  return {
    timeS: figure(
      seconds(value),
      seconds(
        Math.min(
          value,
          at(peak.high * EFFICIENCY.high, device.bandwidth.high, work.fused) + (free ? 0 : device.perOp.low),
        ),
      ),
      seconds(
        Math.max(
          value,
          at(peak.low * EFFICIENCY.low, device.bandwidth.low, work.bytes) + (free ? 0 : device.perOp.high),
        ),
      ),
      'modelled',
      'roofline',
    ),
    limit: overhead > Math.max(compute, memory) ? 'overhead' : compute > memory ? 'compute' : 'memory',
  };
}

function totalTime(layers: readonly (Bound | undefined)[], device: Device): Figure<Seconds> {
  const sum = { value: 0, low: 0, high: 0 };
  for (const layer of layers) {
    if (layer === undefined) continue;
    sum.value += layer.timeS.value;
    sum.low += layer.timeS.low;
    sum.high += layer.timeS.high;
  }
  const source = `ceilings of ${device.name}: the slower of computing and moving data, per op`;
  return figure(seconds(sum.value), seconds(sum.low), seconds(sum.high), 'modelled', source);
}

/** The element type that multiply-adds run on: the weight's where there is one. */
function dtypeOf(graph: Graph, node: Node): DType {
  for (const id of [node.inputs[1], node.inputs[0], node.outputs[0]]) {
    const dtype = id === undefined ? undefined : valueOf(graph, id).type.dtype;
    if (dtype !== undefined && !isUnknown(dtype) && (isFloat(dtype) || dtype === 'int8' || dtype === 'uint8'))
      return dtype;
  }
  return 'float32';
}
