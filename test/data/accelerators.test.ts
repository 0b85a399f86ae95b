import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  accelerators,
  bandwidthOf,
  boardPowerOf,
  findAccelerator,
  genericAccelerator,
  peakOf,
} from '../../src/data/accelerators';

/** Names as nvidia-smi, lspci, rocm-smi, macOS and people write them. */
const names: readonly [detected: string, id: string | undefined][] = [
  ['Tesla K80', 'k80'],
  ['Tesla P4', 'p4'],
  ['Tesla P40', 'p40'],
  ['Tesla P100-SXM2-16GB', 'p100-sxm'],
  ['Tesla P100-PCIE-16GB', 'p100-pcie'],
  ['Tesla P100-PCIE-12GB', undefined],
  ['Tesla V100-PCIE-32GB', 'v100-pcie'],
  ['Tesla V100-SXM2-16GB', 'v100-sxm'],
  ['V100', 'v100-sxm'],
  ['Tesla V100-FHHL-16GB', undefined],
  ['Tesla T4', 't4'],
  ['NVIDIA A100-PCIE-40GB', 'a100-pcie-40'],
  ['NVIDIA A100 80GB PCIe', 'a100-pcie-80'],
  ['NVIDIA A100-SXM4-40GB', 'a100-sxm-40'],
  ['NVIDIA A100-SXM4-80GB', 'a100-sxm-80'],
  ['a100', 'a100-sxm-80'],
  ['NVIDIA A100-SXM4-40GB MIG 1g.5gb', undefined],
  ['NVIDIA A30', 'a30'],
  ['NVIDIA A10', 'a10'],
  ['NVIDIA A10G', 'a10g'],
  ['NVIDIA A40', 'a40'],
  ['NVIDIA L4', 'l4'],
  ['NVIDIA L40', 'l40'],
  ['NVIDIA L40S', 'l40s'],
  ['NVIDIA H100 PCIe', 'h100-pcie'],
  ['NVIDIA H100 NVL', 'h100-nvl'],
  ['NVIDIA H100 80GB HBM3', 'h100-sxm'],
  ['h100_sxm', 'h100-sxm'],
  ['NVIDIA H200', 'h200-sxm'],
  ['NVIDIA H200 NVL', 'h200-nvl'],
  ['NVIDIA H20', 'h20'],
  ['NVIDIA GH200 480GB', 'gh200'],
  ['NVIDIA B200', 'b200-sxm'],
  ['NVIDIA GB200', 'gb200'],
  ['NVIDIA B300 SXM6 AC', 'b300-sxm'],
  ['NVIDIA GeForce GTX 1080 Ti', 'gtx1080ti'],
  ['NVIDIA GeForce GTX 1650', 'gtx1650'],
  ['NVIDIA GeForce GTX 1650 SUPER', undefined],
  ['NVIDIA GeForce RTX 2080 Ti', 'rtx2080ti'],
  ['NVIDIA TITAN V', 'titan-v'],
  ['NVIDIA TITAN RTX', 'titan-rtx'],
  ['NVIDIA GeForce RTX 3060', 'rtx3060'],
  ['NVIDIA GeForce RTX 3060 Ti', undefined],
  ['NVIDIA GeForce RTX 3060 Laptop GPU', undefined],
  ['NVIDIA GeForce RTX 3070', 'rtx3070'],
  ['NVIDIA GeForce RTX 3080', 'rtx3080'],
  ['GA102 [GeForce RTX 3090]', 'rtx3090'],
  ['NVIDIA GeForce RTX 4060', 'rtx4060'],
  ['NVIDIA GeForce RTX 4060 Laptop GPU', 'rtx4060-laptop'],
  ['NVIDIA GeForce RTX 4070', 'rtx4070'],
  ['NVIDIA GeForce RTX 4070 Ti SUPER', undefined],
  ['NVIDIA GeForce RTX 4080', 'rtx4080'],
  ['NVIDIA GeForce RTX 4090', 'rtx4090'],
  ['NVIDIA GeForce RTX 4090 D', undefined],
  ['NVIDIA GeForce RTX 4090 Laptop GPU', 'rtx4090-laptop'],
  ['NVIDIA GeForce RTX 5080', 'rtx5080'],
  ['NVIDIA GeForce RTX 5090', 'rtx5090'],
  ['NVIDIA RTX A6000', 'rtxa6000'],
  ['NVIDIA RTX 6000 Ada Generation', 'rtx6000ada'],
  ['NVIDIA RTX PRO 6000 Blackwell Workstation Edition', 'rtxpro6000bw'],
  ['NVIDIA RTX PRO 6000 Blackwell Max-Q Workstation Edition', undefined],
  ['NVIDIA Jetson TX2', 'jetson-tx2'],
  ['NVIDIA Jetson AGX Xavier', 'jetson-xavier'],
  ['NVIDIA Jetson AGX Orin Developer Kit', 'jetson-orin64'],
  ['NVIDIA Jetson Orin Nano', 'jetson-orin-nano'],
  ['AMD Instinct MI100', 'mi100'],
  ['AMD Instinct MI210', 'mi210'],
  ['AMD Instinct MI250X', 'mi250x'],
  ['AMD Instinct MI300X', 'mi300x'],
  ['AMD Instinct MI325X', 'mi325x'],
  ['AMD Instinct MI355X', 'mi355x'],
  ['AMD Radeon RX 7900 XTX', 'rx7900xtx'],
  ['Intel Gaudi 2', 'gaudi2'],
  ['Intel Gaudi3', 'gaudi3'],
  ['Intel(R) Arc(TM) A770 Graphics', 'arc-a770'],
  ['TPU v2', 'tpu-v2'],
  ['TPU v3', 'tpu-v3'],
  ['TPU v4', 'tpu-v4'],
  ['TPU v5 lite', 'tpu-v5e'],
  ['TPU v5p', 'tpu-v5p'],
  ['TPU v6e', 'tpu-v6e'],
  ['AWS Trainium', 'trn1'],
  ['AWS Trainium2', 'trn2'],
  ['Apple M1', 'm1'],
  ['Apple M1 Pro', 'm1-pro'],
  ['Apple M1 Max', 'm1-max'],
  ['Apple M2', 'm2'],
  ['Apple M2 Max', 'm2-max'],
  ['Apple M2 Ultra', 'm2-ultra'],
  ['Apple M3', 'm3'],
  ['Apple M3 Max', 'm3-max'],
  ['Apple M3 Ultra', 'm3-ultra'],
  ['Apple M4', 'm4'],
  ['Apple M4 Max', 'm4-max'],
  ['Apple M4 Pro', undefined],
  ['llvmpipe (LLVM 15.0.6, 256 bits)', undefined],
  ['', undefined],
];

for (const [detected, id] of names) {
  test(`accelerator "${detected}" is ${id ?? 'unknown'}`, () => assert.equal(findAccelerator(detected)?.id, id));
}

test('every row is reached by some name above', () => {
  const reached = new Set(names.map(([, id]) => id));
  assert.deepEqual(
    accelerators.filter(row => !reached.has(row.id)).map(row => row.id),
    [],
  );
});

test('every row names its source and a day that has passed', () => {
  const today = new Date().toISOString().slice(0, 10);
  for (const row of accelerators) {
    assert.ok(row.source.length > 8, row.id);
    assert.match(row.read, /^\d{4}-\d\d-\d\d$/, row.id);
    assert.ok(row.read <= today, `${row.id} was read in the future`);
    assert.ok(row.year >= 2010 && row.year <= Number(today.slice(0, 4)), row.id);
  }
});

test('rows are distinct and their numbers plausible', () => {
  assert.equal(new Set(accelerators.map(row => row.id)).size, accelerators.length);
  for (const row of accelerators) {
    const peaks = Object.values(row.peak);
    assert.ok(peaks.length > 0, row.id);
    for (const peak of peaks) assert.ok(peak > 1e10 && peak < 1e17, row.id);
    assert.ok(row.bandwidth >= 1e10 && row.bandwidth <= 1e13, row.id);
    assert.ok(row.memory >= 1e9 && row.memory <= 1e12, row.id);
    if (row.power !== undefined) assert.ok(row.power >= 5 && row.power <= 2000, row.id);
  }
});

test('an uncertain field gives a wide, assumed figure; a published one a narrow, modelled one', () => {
  const orin = findAccelerator('Jetson AGX Orin')!;
  const t4 = findAccelerator('Tesla T4')!;
  assert.equal(peakOf(orin, 'float16')?.basis, 'assumed');
  assert.ok(peakOf(orin, 'float16')!.low <= peakOf(orin, 'float16')!.value * 0.5);
  assert.equal(peakOf(t4, 'float16')?.basis, 'modelled');
  assert.equal(peakOf(t4, 'float16')?.value, 65e12);
  assert.equal(boardPowerOf(t4)?.value, 70);
  assert.equal(bandwidthOf(t4).value, 320e9);
  // One doubtful peak does not spoil the others.
  const nvl = findAccelerator('NVIDIA H100 NVL')!;
  assert.equal(peakOf(nvl, 'float32')?.basis, 'assumed');
  assert.equal(peakOf(nvl, 'float16')?.basis, 'modelled');
});

test('what the device lacks or nobody publishes is undefined, not zero', () => {
  assert.equal(peakOf(findAccelerator('Tesla T4')!, 'bfloat16'), undefined);
  assert.equal(boardPowerOf(findAccelerator('TPU v5e')!), undefined);
});

test('the generic GPU covers every row of kind gpu', () => {
  for (const row of accelerators.filter(row => row.kind === 'gpu')) {
    if (row.power !== undefined) {
      assert.ok(genericAccelerator.power.low <= row.power && row.power <= genericAccelerator.power.high, row.id);
    }
    const peak = row.peak.float32;
    if (peak !== undefined) assert.ok(peak <= genericAccelerator.peak.float32.high * 1.03, row.id);
    assert.ok(row.bandwidth <= genericAccelerator.bandwidth.high, row.id);
  }
});
