/** How numbers are written: tables of value and text. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { figure } from '../../src/base/figure';
import { createFormatter, perInferences, type Quantity } from '../../src/report/format';

const english = createFormatter('en');

type Row = readonly [value: number, text: string];

function table(name: string, format: (value: number) => string, rows: readonly Row[]): void {
  for (const [value, expected] of rows)
    test(`${name} ${value} is ${expected}`, () => assert.equal(format(value), expected));
}

table('count', english.count, [
  [0, '0'],
  [640, '640'],
  [999, '999'],
  [999.6, '1 k'],
  [1000, '1 k'],
  [9_408, '9.41 k'],
  [999_499, '999 k'],
  [999_500, '1 M'],
  [25_557_032, '25.6 M'],
  [7_241_732_096, '7.24 G'],
]);

table('exact', english.exact, [
  [640, '640'],
  [25_557_032, '25,557,032'],
]);

table('MACs', english.macs, [
  [0, '0 MACs'],
  [4_089_184_256, '4.09 GMACs'],
  [12_845_056, '12.8 MMACs'],
]);

table('FLOPs', english.flops, [[8_210_000_000, '8.21 GFLOPs']]);

table('bytes', english.bytes, [
  [0, '0 B'],
  [512, '512 B'],
  [102_228_128, '102 MB'],
  [2_300_000_000, '2.3 GB'],
]);

table('duration', english.duration, [
  [0, '0 s'],
  [3.2e-9, '3.2 ns'],
  [0.0123, '12.3 ms'],
  [0.99951, '1 s'],
  [59, '59 s'],
  [90, '1.5 min'],
  [7_200, '2 h'],
  [259_200, '3 d'],
]);

table('power', english.power, [
  [0.0004, '400 µW'],
  [12.34, '12.3 W'],
  [1_250, '1.25 kW'],
]);

table('energy', english.energy, [
  [0, '0 J'],
  [-5e-15, '0 J'],
  [-0.4, '−0.4 J'],
  [0.000_000_9, '900 nJ'],
  [0.9, '0.9 J'],
  [0.0912, '91.2 mJ'],
  [1.04, '1.04 J'],
  [3_500, '3.5 kJ'],
  [3_600, '1 Wh'],
  [45_000, '12.5 Wh'],
  [7_200_000, '2 kWh'],
]);

table('carbon', english.carbon, [
  [0.000_2, '200 µg CO₂e'],
  [12.34, '12.3 g CO₂e'],
  [2_500, '2.5 kg CO₂e'],
]);

table('rough energy', value => english.rough('energy', value), [
  [0.371, '0.37 J'],
  [1_234, '1.2 kJ'],
  [999, '1 kJ'],
  [0, '0 J'],
]);

table('percent', english.percent, [
  [0, '0 %'],
  [0.000_4, '< 0.1 %'],
  [0.012_3, '1.2 %'],
  [0.099_6, '10 %'],
  [0.123, '12 %'],
  [0.997, '> 99 %'],
  [1, '100 %'],
  [1.5, '150 %'],
]);

table('change', english.change, [
  [-0.08, '−8 %'],
  [0.5, '+50 %'],
  [0, '0 %'],
]);

table('steady energy', value => english.steady('energy', value), [
  [0, '0.00 J'],
  [12, '12.0 J'],
  [1_200, '1.20 kJ'],
  [36_000, '10.0 Wh'],
]);

table('steady power', value => english.steady('power', value), [
  [0.5, '0.50 W'],
  [9.87, '9.87 W'],
  [12.34, '12.3 W'],
  [99.96, '100 W'],
  [345.6, '346 W'],
  [1_234, '1.23 kW'],
]);

const ranges: readonly (readonly [Quantity, number, number, string])[] = [
  ['energy', 0.41, 2.07, '0.41–2.1 J'],
  ['energy', 2, 2, '2 J'],
  ['energy', 0, 2.04, '0–2.1 J'],
  // Both ends move outward, never inward.
  ['duration', 0.012_39, 0.020_01, '12–21 ms'],
  ['duration', 0.012, 0.02, '12–20 ms'],
  // 999.6 ms would be rounded up to 1000 ms.
  ['duration', 0.5, 0.999_6, '0.5–1 s'],
  ['duration', 0.000_002, 1.5, '2 µs – 1.5 s'],
  ['energy', -7.41, 7.5, '−7.5 – 7.5 J'],
  ['power', 99.1, 100.1, '99–110 W'],
  ['energy', 1_800, 7_300, '0.5–2.1 Wh'],
];
for (const [quantity, low, high, expected] of ranges)
  test(`${quantity} ${low} to ${high} is ${expected}`, () =>
    assert.equal(english.range(quantity, low, high), expected));

test('a range never gets narrower', () => {
  for (let exponent = -6; exponent < 6; exponent++) {
    for (const low of [1, 1.234, 5.05, 9.99]) {
      const [from, to] = [low * 10 ** exponent, low * 1.7 * 10 ** exponent];
      const [, start, end, unit] = /^([\d.]+)–([\d.]+) (\S*)W$/.exec(english.range('power', from, to)) ?? [];
      const scale = { µ: 1e-6, m: 1e-3, '': 1, k: 1e3, M: 1e6 }[unit ?? ''] ?? NaN;
      assert.ok(Number(start) * scale <= from * (1 + 1e-9), `${start}${unit} > ${from}`);
      assert.ok(Number(end) * scale >= to * (1 - 1e-9), `${end}${unit} < ${to}`);
    }
  }
});

test('a sign stands before what was formatted', () => {
  assert.equal(english.signed(3_100_000, english.count), '+3.1 M');
  assert.equal(english.signed(-96_000, english.bytes), '−96 kB');
  assert.equal(english.signed(0, english.bytes), '0 B');
});

test('the decimal sign is the reader’s', () => {
  assert.equal(createFormatter('de').macs(4_089_184_256), '4,09 GMACs');
  assert.equal(createFormatter('de').exact(25_557_032), '25.557.032');
  assert.equal(createFormatter('zh-cn').count(25_557_032), '25.6 M');
});

test('a language nobody knows gets English numbers', () => {
  assert.equal(createFormatter('not a locale').macs(4_089_184_256), '4.09 GMACs');
});

test('tiny amounts of carbon are shown for many inferences', () => {
  const of = (value: number) => perInferences(figure(value, value / 2, value * 2, 'modelled', 'x'));
  assert.deepEqual([of(0.3).inferences, of(0.3).grams.value], [1, 0.3]);
  assert.deepEqual([of(0.000_3).inferences, of(0.000_3).grams.high], [1000, 0.6]);
  assert.equal(of(0.000_000_5).inferences, 1_000_000);
  const saved = perInferences(figure(-0.000_3, -0.000_6, -0.000_1, 'modelled', 'x'));
  assert.deepEqual([saved.inferences, saved.grams.value], [1000, -0.3]);
});
