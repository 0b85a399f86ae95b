/** Texts of onnxruntime 1.30, word for word, and what becomes of them. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { InputError } from '../../src/base/findings';
import { render, text } from '../../src/base/text';
import { explainFault } from '../../src/profiler/faults';

const faults: readonly [said: string, code: string, shown: RegExp][] = [
  ['Load model from /tmp/x.onnx failed:Protobuf parsing failed.', 'invalid-model', /no complete ONNX file/],
  [
    'Load model from m.onnx failed:/onnxruntime_src/onnxruntime/core/graph/model.cc:187 onnxruntime::Model::Model(onnx::ModelProto&&, const onnxruntime::ModelOptions&) ModelProto does not have a graph.\n',
    'invalid-model',
    /no complete ONNX file/,
  ],
  ["Load model from m.onnx failed:Load model m.onnx failed. File doesn't exist", 'missing-file', /does not exist/],
  [
    'Load model from m.onnx failed:This is an invalid model. In Node, ("mm", Frobnicate, "", -1) : ("x": tensor(float),) -> ("y": tensor(float),) , Error No Op registered for Frobnicate with domain_version of 17',
    'unknown-op',
    /no operator "Frobnicate"/,
  ],
  [
    'Load model from m.onnx failed:Fatal error: acme:Frobnicate(-1) is not a registered function/op',
    'unknown-op',
    /no operator "acme:Frobnicate"/,
  ],
  ["Could not find an implementation for Relu(14) node with name 'mm'", 'unknown-op', /Relu \(version 14\) at "mm"/],
  [
    'Load model from m.onnx failed:/onnxruntime_src/x.cc:202 onnxruntime::Model::Model(a) Unsupported model IR version: 99, max supported IR version: 13\n',
    'unsupported-version',
    /IR version 99, this runtime reads up to 13/,
  ],
  [
    'Load model failed:/onnxruntime_src/y.h:46 void f() ONNX Runtime only *guarantees* support for models stamped with official released onnx opset versions. Opset 99 is under development and support for this is limited. Current official support for domain ai.onnx is till opset 26.\n',
    'unsupported-version',
    /operator set 99, this runtime knows up to 26/,
  ],
  [
    'External data path validation failed for initializer: w. Error: tensorprotoutils.cc:461 ValidateExternalDataPathFromDir External data path does not exist: "/models/w.bin"',
    'missing-weights',
    /missing: \/models\/w\.bin/,
  ],
  [
    'Got invalid dimensions for input: x for the following indices\n index: 1 Got: 4 Expected: 3\n Please fix either the inputs/outputs or the model.',
    'wrong-dims',
    /"x" needs the size 3 at axis 1, but got 4/,
  ],
  [
    'Invalid rank for input: x Got: 1 Expected: 2 Please fix either the inputs/outputs or the model.',
    'wrong-dims',
    /needs 2 axes, but got 1/,
  ],
  [
    'Unexpected input data type. Actual: (tensor(int64)) , expected: (tensor(float))',
    'wrong-dtype',
    /type float, but got int64/,
  ],
  [
    "Non-zero status code returned while running ConstantOfShape node. Name:'fill' Status Message: /onnxruntime_src/bfc_arena.cc:360 void* f(size_t) Failed to allocate memory for requested buffer of size 4000000000000\n",
    'out-of-memory',
    /4000000 MB/,
  ],
  ['std::bad_alloc', 'out-of-memory', /not enough/],
  [
    "Non-zero status code returned while running Gather node. Name:'g' Status Message: indices element out of data bounds, idx=9 must be within the inclusive range [-3,2]",
    'bad-index',
    /and 9 lies outside/,
  ],
  [
    "Non-zero status code returned while running MatMul node. Name:'mm' Status Message: matmul_helper.h:59 Compute MatMul dimension mismatch",
    'run-failed',
    /at MatMul "mm": matmul_helper.h:59 Compute MatMul dimension mismatch/,
  ],
  [
    'Load model from m.onnx failed:Node (mm) Op (MatMul) [ShapeInferenceError] Incompatible dimensions for matrix multiplication',
    'invalid-model',
    /not sound at MatMul "mm": Incompatible/,
  ],
  [
    "Load model from m.onnx failed:Invalid model. Node input 'z' is not a graph input, initializer, or output of a previous node.",
    'invalid-model',
    /not sound: Node input 'z'/,
  ],
  ['Unsupported data type: 16', 'unsupported-dtype', /element type/],
  ["Cannot find module 'onnxruntime-node'\nRequire stack:", 'missing-runtime', /not available for this system/],
  ['a new kind of trouble\nwith details', 'runtime-error', /failed: a new kind of trouble$/],
];
for (const [said, code, shown] of faults) {
  test(`${code}: ${said.slice(0, 60)}`, () => {
    const fault = explainFault(new Error(said));
    assert.equal(fault.code, code);
    assert.match(render(fault.text), shown);
    assert.doesNotMatch(render(fault.text), /undefined|\{\d\}|onnxruntime_src/);
  });
}

test('refusals pass unchanged, and anything else thrown is explained', () => {
  const refusal = new InputError('mine', text('cancelled'));
  assert.equal(explainFault(refusal), refusal);
  assert.equal(explainFault('just text').code, 'runtime-error');
});
