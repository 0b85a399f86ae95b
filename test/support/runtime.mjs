// A child process that runs tiny models in the real runtime, for tests of what is emitted: one message, one answer.
import ort from 'onnxruntime-node';

const ARRAYS = {
  float32: Float32Array, float64: Float64Array, int64: BigInt64Array, uint64: BigUint64Array, int32: Int32Array,
  uint32: Uint32Array, int16: Int16Array, uint16: Uint16Array, int8: Int8Array, uint8: Uint8Array, bool: Uint8Array,
  float16: Uint16Array,
}; // prettier-ignore

function feed({ dtype, dims, data, seed }) {
  const size = dims.reduce((a, b) => a * b, 1);
  const wide = dtype === 'int64' || dtype === 'uint64';
  const value = index => {
    if (data !== undefined) return data[index];
    if (dtype === 'bool') return index % 2;
    if (dtype === 'float16') return 0x3c00;
    if (dtype.startsWith('float')) return Math.sin(1 + 12.9898 * (index + seed)) * 0.9 + 1;
    return 1;
  };
  const Type = ARRAYS[dtype];
  if (Type === undefined) throw new Error(`no inputs of type ${dtype}`);
  return new ort.Tensor(
    dtype,
    Type.from({ length: size }, (_, index) => (wide ? BigInt(value(index)) : value(index))),
    dims,
  );
}

process.on('message', async ({ id, model, path, inputs }) => {
  try {
    const session = await ort.InferenceSession.create(path ?? Buffer.from(model, 'base64'), { logSeverityLevel: 4 });
    const feeds = Object.fromEntries(
      inputs.filter(({ name }) => session.inputNames.includes(name)).map(input => [input.name, feed(input)]),
    );
    const results = await session.run(feeds);
    const outputs = session.outputNames.map(name => {
      const { type, dims, data } = results[name];
      return { name, dtype: type, dims, data: Array.from(data, Number) };
    });
    await session.release();
    process.send({ id, outputs });
  } catch (error) {
    process.send({ id, error: String(error.message ?? error) });
  }
});
