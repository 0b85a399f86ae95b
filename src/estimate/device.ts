/**
 * The ceilings of a device: what it computes and moves at most, what it draws, what starting an op costs.
 * From the tables in src/data; what has no row gets the generic figures, assumed and wide.
 */
import type { Figure } from '../base/figure';
import { figure, mapFigure } from '../base/figure';
import type { BytesPerSecond, FlopsPerSecond, Seconds, Watts } from '../base/units';
import { bytesPerSecond, flopsPerSecond, microseconds, watts } from '../base/units';
import type { Accelerator, PeakDtype } from '../data/accelerators';
import {
  accelerators,
  bandwidthOf,
  boardPowerOf,
  findAccelerator,
  genericAccelerator,
  peakOf,
} from '../data/accelerators';
import type { Processor } from '../data/processors';
import {
  CLOUD_THREAD_POWER,
  findProcessor,
  genericPackagePower,
  genericProcessorBandwidth,
  genericProcessorPeak,
  packagePowerOf,
  processorBandwidthOf,
  processorPeakOf,
  processors,
} from '../data/processors';
import type { DType } from '../ir/tensor';

export interface Device {
  readonly name: string;
  readonly kind: 'cpu' | 'gpu';
  /** Ceiling for multiply-adds on this element type. */
  readonly peak: (dtype: DType) => Figure<FlopsPerSecond>;
  readonly bandwidth: Figure<BytesPerSecond>;
  /** Drawn while the device works, its idle power included. */
  readonly power: Figure<Watts>;
  /** Fixed cost of starting one op in a runtime. */
  readonly perOp: Figure<Seconds>;
}

/** What is known of the machine at hand. */
export interface Host {
  /** As the system names the processor; often missing or vague on virtual machines. */
  readonly processor: string;
  readonly threads: number;
  /** Several threads per core is the rule on x86; unknown elsewhere. */
  readonly cores: number;
  readonly virtual: boolean;
  readonly laptop: boolean;
}

// Executor overhead of ONNX Runtime's CPU provider, and of launching a CUDA kernel: both a few microseconds.
const CPU_PER_OP = figure(microseconds(5), microseconds(1), microseconds(25), 'assumed', 'runtime overhead per op');
const GPU_PER_OP = figure(microseconds(8), microseconds(3), microseconds(40), 'assumed', 'kernel launch per op');

/** The named device, or undefined where the tables do not have it. */
export function deviceByName(name: string): Device | undefined {
  const accelerator = findAccelerator(name);
  if (accelerator !== undefined) return acceleratorDevice(accelerator);
  const processor = findProcessor(name);
  return processor === undefined ? undefined : processorDevice(processor, 1, packagePowerOf(processor));
}

/** Names that `deviceByName` knows, for pickers. */
export const deviceNames = (): readonly string[] => [...accelerators, ...processors].map(row => row.name);

/** The processor of this machine; a virtual machine gets the share of its threads. */
export function hostDevice(host: Host): Device {
  const row = findProcessor(host.processor);
  if (row === undefined) return genericProcessor(host);
  const share = Math.min(1, host.cores / row.cores);
  const power = host.virtual && share < 1 ? slicePower(host) : packagePowerOf(row);
  return processorDevice(row, share, power);
}

function processorDevice(row: Processor, share: number, power: Figure<Watts>): Device {
  const float32 = processorPeakOf(row, 'float32') ?? genericProcessorPeak(row.cores);
  const bandwidth = processorBandwidthOf(row);
  return {
    name: share < 1 ? `${row.name} (${Math.round(share * row.cores)} of ${row.cores} cores)` : row.name,
    kind: 'cpu',
    peak: dtype =>
      scale(
        cpuPeak(dtype, float32, column => processorPeakOf(row, column)),
        share,
        flopsPerSecond,
      ),
    // A few cores can draw more than their share of the memory's bandwidth.
    bandwidth: figure(
      bytesPerSecond(bandwidth.value * Math.sqrt(share)),
      bytesPerSecond(bandwidth.low * share),
      bytesPerSecond(bandwidth.high * Math.min(1, Math.max(share * 8, Math.sqrt(share)))),
      bandwidth.basis,
      bandwidth.source,
    ),
    power,
    perOp: CPU_PER_OP,
  };
}

function genericProcessor(host: Host): Device {
  const float32 = genericProcessorPeak(host.cores);
  return {
    name: host.processor === '' ? `unknown processor (${host.threads} threads)` : host.processor,
    kind: 'cpu',
    peak: dtype => cpuPeak(dtype, float32, () => undefined),
    bandwidth: genericProcessorBandwidth,
    power: host.virtual ? slicePower(host) : genericPackagePower(host.cores, host.laptop),
    perOp: CPU_PER_OP,
  };
}

const slicePower = (host: Host): Figure<Watts> => scale(CLOUD_THREAD_POWER.full, host.threads, watts);

function acceleratorDevice(row: Accelerator): Device {
  return {
    name: row.name,
    kind: 'gpu',
    peak: dtype => acceleratorPeak(row, dtype),
    bandwidth: bandwidthOf(row),
    // Inference seldom reaches the board's limit: from a third of it upwards.
    power: mapPower(boardPowerOf(row) ?? genericAccelerator.power),
    perOp: GPU_PER_OP,
  };
}

const mapPower = (board: Figure<Watts>): Figure<Watts> =>
  figure(
    watts(board.value * 0.65),
    watts(board.low * 0.25),
    board.high,
    board.basis,
    `${board.source}; 25 to 100 % of the board's limit`,
  );

function acceleratorPeak(row: Accelerator, dtype: DType): Figure<FlopsPerSecond> {
  const column = COLUMNS[dtype] ?? 'float32';
  const own =
    peakOf(row, column) ?? peakOf(row, 'float32') ?? peakOf(row, 'bfloat16') ?? genericAccelerator.peak.float32;
  const tf32 = column === 'float32' ? peakOf(row, 'tf32') : undefined;
  // Frameworks use TF32 for float32 convolutions unless told otherwise, so the true ceiling may be either.
  return tf32 === undefined ? own : { ...own, high: tf32.high };
}

const COLUMNS: Readonly<Partial<Record<DType, PeakDtype>>> = {
  float16: 'float16',
  bfloat16: 'bfloat16',
  float8e4m3fn: 'float8',
  float8e5m2: 'float8',
  int8: 'int8',
  uint8: 'int8',
};

function cpuPeak(
  dtype: DType,
  float32: Figure<FlopsPerSecond>,
  own: (column: PeakDtype) => Figure<FlopsPerSecond> | undefined,
): Figure<FlopsPerSecond> {
  if (dtype === 'float64') return scale(float32, 0.5, flopsPerSecond);
  const column = COLUMNS[dtype];
  if (column === undefined || column === 'float32') return float32;
  const known = own(column);
  // Without matrix units half precision is converted (slower) and int8 runs from slower to four times as fast.
  return {
    ...float32,
    low: flopsPerSecond(float32.low * 0.3),
    high: flopsPerSecond(Math.max(float32.high * (column === 'int8' ? 4 : 2), known?.high ?? 0)),
  };
}

const scale = <Q extends number>(from: Figure<Q>, factor: number, make: (value: number) => Q): Figure<Q> =>
  mapFigure(from, value => make(value * factor));
