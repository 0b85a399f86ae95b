// Runs one ONNX model once in the real runtime, in a process of its own: a job as JSON on argv, a result as JSON on stdout.
//   node run_model.mjs '{"model": PATH, "inputs": [{"name", "dtype", "dims", "path"}], "outputs": FOLDER?}'
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import ort from 'onnxruntime-node';

const ARRAYS = {
  float32: Float32Array, float64: Float64Array, int64: BigInt64Array, uint64: BigUint64Array, int32: Int32Array,
  uint32: Uint32Array, int16: Int16Array, uint16: Uint16Array, int8: Int8Array, uint8: Uint8Array, bool: Uint8Array,
  float16: Uint16Array,
}; // prettier-ignore

const job = JSON.parse(process.argv[2]);
try {
  const feeds = {};
  const began = performance.now();
  const session = await ort.InferenceSession.create(job.model, { logSeverityLevel: 3 });
  const loadMs = performance.now() - began;
  for (const [index, { dtype, dims, path }] of job.inputs.entries()) {
    const bytes = await readFile(path);
    const Type = ARRAYS[dtype];
    const data = new Type(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
    feeds[session.inputNames[index]] = new ort.Tensor(dtype, data, dims);
  }
  const start = performance.now();
  const results = await session.run(feeds);
  const runMs = performance.now() - start;
  const outputs = [];
  for (const [index, name] of session.outputNames.entries()) {
    const { type, dims, data } = results[name];
    if (job.outputs !== undefined)
      await writeFile(
        join(job.outputs, `output${index}.bin`),
        Buffer.from(data.buffer, data.byteOffset, data.byteLength),
      );
    outputs.push({ type: `${type}[${dims.join(',')}]`, ...spread(type, data) });
  }
  console.log(JSON.stringify({ loadMs, runMs, outputs, peakBytes: process.resourceUsage().maxRSS * 1024 }));
} catch (error) {
  console.log(JSON.stringify({ error: String(error.message ?? error) }));
}

/** Whether values are ordinary ones. */
function spread(type, data) {
  if (!type.startsWith('float') || type === 'float16') return {};
  let [low, high, finite, denormal] = [Infinity, -Infinity, true, 0];
  for (const value of data) {
    if (!Number.isFinite(value)) finite = false;
    if (value < low) low = value;
    if (value > high) high = value;
    if (value !== 0 && Math.abs(value) < 1.2e-38) denormal++;
  }
  return { low, high, finite, denormal };
}
