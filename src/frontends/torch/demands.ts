/** What the first layer of a model asks of its input, with the sizes that are usual for its kind. */
import type { DType } from '../../ir/tensor';
import type { Value } from '../python/values';
import { PyDict, PyObject, PyTuple } from '../python/values';

export interface Demand {
  /** Name of the layer's class, for the report. */
  readonly layer: string;
  readonly dtype: DType;
  /** Likeliest first; the others are tried where PyTorch would refuse the first. */
  readonly shapes: readonly (readonly number[])[];
}

const SIDES = [224, 32, 28, 64, 256, 128, 96, 299, 512];

type Read = (attribute: (name: string) => number | undefined, flag: (name: string) => boolean) => Omit<Demand, 'layer'> | undefined; // prettier-ignore

const float = (shapes: readonly (readonly number[])[]): Omit<Demand, 'layer'> => ({ dtype: 'float32', shapes });

const withChannels =
  (name: string, shapes: (channels: number) => readonly (readonly number[])[]): Read =>
  attribute => {
    const channels = attribute(name);
    return channels === undefined ? undefined : float(shapes(channels));
  };

const signal = (channels: number): readonly (readonly number[])[] => [128, 1024, 16000, 64].map(length => [1, channels, length]); // prettier-ignore
const image = (channels: number): readonly (readonly number[])[] => SIDES.map(side => [1, channels, side, side]);
const volume = (channels: number): readonly (readonly number[])[] => [[16, 112, 112], [32, 32, 32], [64, 64, 64], [128, 128, 128]].map(sizes => [1, channels, ...sizes]); // prettier-ignore
const row = (features: number): readonly (readonly number[])[] => [
  [1, features],
  [1, 128, features],
];

const recurrent: Read = (attribute, flag) => {
  const size = attribute('input_size');
  if (size === undefined) return undefined;
  return float([flag('batch_first') ? [1, 128, size] : [128, 1, size]]);
};

const READERS: Readonly<Record<string, Read>> = {
  Conv1d: withChannels('in_channels', signal),
  ConvTranspose1d: withChannels('in_channels', signal),
  BatchNorm1d: withChannels('num_features', row),
  Conv2d: withChannels('in_channels', image),
  ConvTranspose2d: withChannels('in_channels', channels => [8, 1, 4, 7, 16].map(side => [1, channels, side, side])),
  BatchNorm2d: withChannels('num_features', image),
  InstanceNorm2d: withChannels('num_features', image),
  Conv3d: withChannels('in_channels', volume),
  BatchNorm3d: withChannels('num_features', volume),
  Linear: withChannels('in_features', row),
  Embedding: () => ({
    dtype: 'int64',
    shapes: [
      [1, 128],
      [1, 16],
    ],
  }),
  EmbeddingBag: () => ({ dtype: 'int64', shapes: [[1, 16]] }),
  LSTM: recurrent,
  GRU: recurrent,
  RNN: recurrent,
  MultiheadAttention: withChannels('embed_dim', size => [[1, 128, size]]),
  TransformerEncoderLayer: withChannels('d_model', size => [[1, 128, size]]),
};

/** Of the first layer in order of registration that asks for anything. */
export function firstDemand(model: PyObject): Demand | undefined {
  for (const module of modulesOf(model, new Set())) {
    const reader = module.cls.mro.map(({ name }) => (Object.hasOwn(READERS, name) ? READERS[name] : undefined)).find(found => found !== undefined); // prettier-ignore
    const demand = reader?.(
      name => number(module.dict?.get(name)),
      name => module.dict?.get(name) === true,
    );
    if (demand !== undefined) return { layer: module.cls.name, ...demand };
    const shape = module.cls.name === 'LayerNorm' ? module.dict?.get('normalized_shape') : undefined;
    const last = shape instanceof PyTuple ? number(shape.items.at(-1)) : undefined;
    if (last !== undefined) return { layer: 'LayerNorm', ...float(row(last)) };
  }
  return undefined;
}

const number = (value: Value | undefined): number | undefined => (typeof value === 'number' ? value : undefined);

function* modulesOf(module: PyObject, seen: Set<PyObject>): Generator<PyObject> {
  if (seen.has(module)) return;
  seen.add(module);
  yield module;
  const children = module.dict?.get('_modules');
  if (!(children instanceof PyDict)) return;
  for (const child of children.values.values()) if (child instanceof PyObject) yield* modulesOf(child, seen);
}
