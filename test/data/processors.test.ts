import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  CLOUD_THREAD_POWER,
  findProcessor,
  findProcessorClass,
  genericPackagePower,
  packagePowerOf,
  processorClasses,
  processorPeakOf,
  processors,
} from '../../src/data/processors';

/** Names as /proc/cpuinfo and the device tree write them. */
const exact: readonly [detected: string, id: string][] = [
  ['Intel(R) Core(TM) i7-8700 CPU @ 3.20GHz', 'i7-8700'],
  ['11th Gen Intel(R) Core(TM) i7-1165G7 @ 2.80GHz', 'i7-1165g7'],
  ['12th Gen Intel(R) Core(TM) i7-12700H', 'i7-12700h'],
  ['13th Gen Intel(R) Core(TM) i7-13700K', 'i7-13700k'],
  ['13th Gen Intel(R) Core(TM) i9-13900K', 'i9-13900k'],
  ['Intel(R) Core(TM) i9-14900K', 'i9-14900k'],
  ['Intel(R) Core(TM) Ultra 7 155H', 'ultra7-155h'],
  ['AMD Ryzen 7 5800X 8-Core Processor', 'r7-5800x'],
  ['AMD Ryzen 9 5950X 16-Core Processor', 'r9-5950x'],
  ['AMD Ryzen 9 7950X 16-Core Processor', 'r9-7950x'],
  ['AMD Ryzen 9 9950X 16-Core Processor', 'r9-9950x'],
  ['AMD Ryzen 7 7840U w/ Radeon  780M Graphics', 'r7-7840u'],
  ['AMD EPYC 7742 64-Core Processor', 'epyc-7742'],
  ['AMD EPYC 7763 64-Core Processor', 'epyc-7763'],
  ['AMD EPYC 9654 96-Core Processor', 'epyc-9654'],
  ['Intel(R) Xeon(R) CPU E5-2699 v4 @ 2.20GHz', 'xeon-e5-2699v4'],
  ['Intel(R) Xeon(R) Gold 6148 CPU @ 2.40GHz', 'xeon-6148'],
  ['Intel(R) Xeon(R) Platinum 8259CL CPU @ 2.50GHz', 'xeon-8259cl'],
  ['Intel(R) Xeon(R) Platinum 8375C CPU @ 2.90GHz', 'xeon-8375c'],
  ['Intel(R) Xeon(R) Platinum 8380 CPU @ 2.30GHz', 'xeon-8380'],
  ['Intel(R) Xeon(R) Platinum 8480+', 'xeon-8480p'],
  ['AWS Graviton3', 'graviton3'],
  ['Ampere Altra Q80-30', 'altra-q80'],
  ['Raspberry Pi 4 Model B Rev 1.4', 'rpi4'],
  ['Raspberry Pi 5 Model B Rev 1.0', 'rpi5'],
];

for (const [detected, id] of exact) {
  test(`processor "${detected}" is ${id}`, () => assert.equal(findProcessor(detected)?.id, id));
}

const families: readonly [detected: string, family: string | undefined][] = [
  ['Intel(R) Core(TM) i5-8250U CPU @ 1.60GHz', 'Intel Core, U and Y series'],
  ['11th Gen Intel(R) Core(TM) i5-1135G7 @ 2.40GHz', 'Intel Core, U and Y series'],
  ['12th Gen Intel(R) Core(TM) i7-1260P', 'Intel Core, P series'],
  ['Intel(R) Core(TM) Ultra 7 258V', 'Intel Core Ultra, V series'],
  ['13th Gen Intel(R) Core(TM) i9-13980HX', 'Intel Core, H series'],
  ['Intel(R) Core(TM) i7-9750H CPU @ 2.60GHz', 'Intel Core, H series'],
  ['Intel(R) Core(TM) i5-10500T CPU @ 2.30GHz', 'Intel Core, T series'],
  ['Intel(R) Core(TM) i9-9900K CPU @ 3.60GHz', 'Intel Core, unlocked desktop'],
  ['Intel(R) Core(TM) i5-12400F', 'Intel Core, desktop'],
  ['Intel(R) Core(TM) i7-3770 CPU @ 3.40GHz', 'Intel Core, desktop'],
  ['Intel(R) Xeon(R) E-2288G CPU @ 3.70GHz', 'Intel Xeon E3, E and W-1000'],
  ['Intel(R) Xeon(R) CPU E5-2680 v3 @ 2.50GHz', 'Intel Xeon E5 and E7'],
  ['Intel(R) Xeon(R) Platinum 8175M CPU @ 2.50GHz', 'Intel Xeon Scalable'],
  ['Intel(R) N100', 'Intel N, Celeron and Pentium'],
  ['AMD Ryzen 5 PRO 4650U with Radeon Graphics', 'AMD Ryzen, U series'],
  ['AMD Ryzen 9 5900HX with Radeon Graphics', 'AMD Ryzen, H series'],
  ['AMD Ryzen AI 9 HX 370 w/ Radeon 890M', 'AMD Ryzen, H series'],
  ['AMD Ryzen Threadripper 3970X 32-Core Processor', 'AMD Ryzen Threadripper'],
  ['AMD Ryzen 7 7800X3D 8-Core Processor', 'AMD Ryzen, desktop X'],
  ['AMD Ryzen 5 3600 6-Core Processor', 'AMD Ryzen, desktop'],
  ['AMD EPYC 7R13 Processor', 'AMD EPYC'],
  ['Apple M1', 'Apple M series'],
  ['Apple M4 Pro', 'Apple M series, Pro'],
  ['Apple M2 Max', 'Apple M series, Max'],
  ['Apple M3 Ultra', 'Apple M series, Ultra'],
  ['Intel(R) Xeon(R) Processor @ 2.80GHz', undefined],
  ['Intel(R) Xeon(R) CPU @ 2.20GHz', undefined],
  ['QEMU Virtual CPU version 2.5+', undefined],
  ['', undefined],
];

for (const [detected, family] of families) {
  test(`processor "${detected}" is of ${family ?? 'no known family'}`, () => {
    assert.equal(findProcessor(detected), undefined);
    assert.equal(findProcessorClass(detected)?.name, family);
  });
}

test('every family and every row is reached by some name above', () => {
  assert.deepEqual(new Set(exact.map(([, id]) => id)), new Set(processors.map(row => row.id)));
  const reached = new Set(families.map(([, family]) => family));
  assert.deepEqual(
    processorClasses.filter(row => !reached.has(row.name)).map(row => row.name),
    [],
  );
});

test('every row names its source and a day that has passed', () => {
  const today = new Date().toISOString().slice(0, 10);
  for (const row of [
    ...processors,
    ...processorClasses,
    { ...CLOUD_THREAD_POWER, source: CLOUD_THREAD_POWER.idle.source },
  ]) {
    assert.ok(row.source.length > 8);
    assert.match(row.read, /^\d{4}-\d\d-\d\d$/);
    assert.ok(row.read <= today);
  }
});

test('power: the burst limit is the upper end, a vendor without figures is assumed', () => {
  const i9 = packagePowerOf(findProcessor('i9-13900K')!);
  assert.deepEqual([i9.value, i9.high, i9.basis], [125, 253, 'modelled']);
  assert.equal(packagePowerOf(findProcessor('AWS Graviton3')!).basis, 'assumed');
});

test('peaks: cores × clock × vector width; matrix units where the row has them', () => {
  // 64 cores × 2.6 GHz × 32
  assert.equal(processorPeakOf(findProcessor('AMD EPYC 7742')!, 'float32')?.value, 64 * 2.6 * 1e9 * 32);
  assert.equal(processorPeakOf(findProcessor('AMD EPYC 7742')!, 'bfloat16'), undefined);
  assert.equal(processorPeakOf(findProcessor('Platinum 8480+')!, 'bfloat16')?.value, 229e12);
});

test('an unknown processor is assumed, by cores, and never zero', () => {
  const eight = genericPackagePower(8, false);
  assert.deepEqual([eight.value, eight.basis], [96, 'assumed']);
  assert.ok(genericPackagePower(0, false).low > 0);
  assert.ok(genericPackagePower(8, true).value < eight.value);
});
