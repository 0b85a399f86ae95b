/** What a machine's state is told as, and what is said of it beside a measurement. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { render } from '../../src/base/text';
import type { SysFiles } from '../../src/meters/world';
import { busyNotes, conditionNotes, gpuNotes } from '../../src/services/condition';
import { macCondition, readCondition, readSlowdown, windowsCondition } from '../../src/services/ports/condition';

const files = (texts: Readonly<Record<string, string>>): SysFiles => ({
  read: path => {
    const found = texts[path];
    return found === undefined ? { ok: false, why: 'missing' } : { ok: true, text: `${found}\n` };
  },
  list: path => [
    ...new Set(
      Object.keys(texts).flatMap(name =>
        name.startsWith(`${path}/`) ? [name.slice(path.length + 1).split('/')[0] ?? ''] : [],
      ),
    ),
  ],
});

const CPU = '/sys/devices/system/cpu';
const BATTERY = '/sys/class/power_supply/BAT0';

const hot = {
  [`${CPU}/cpu0/thermal_throttle/core_throttle_count`]: '2',
  [`${CPU}/cpu1/thermal_throttle/core_throttle_count`]: '3',
  [`${CPU}/cpuidle/current_driver`]: 'none',
};
const rows: readonly [string, Readonly<Record<string, string>>, object][] = [
  ['nothing is claimed where nothing is told', {}, { throttled: null, onBattery: null, savesPower: false }],
  ['throttling of all processors', hot, { throttled: 5, onBattery: null, savesPower: false }],
  [
    'a battery that empties',
    { [`${BATTERY}/type`]: 'Battery', [`${BATTERY}/status`]: 'Discharging' },
    { throttled: null, onBattery: true, savesPower: false },
  ],
  [
    "a mouse's battery is not the machine's",
    { [`${BATTERY}/type`]: 'Battery', [`${BATTERY}/status`]: 'Discharging', [`${BATTERY}/scope`]: 'Device' },
    { throttled: null, onBattery: null, savesPower: false },
  ],
  [
    'a governor that saves power',
    { [`${CPU}/cpu0/cpufreq/scaling_governor`]: 'powersave', [`${CPU}/cpu0/cpufreq/scaling_driver`]: 'acpi-cpufreq' },
    { throttled: null, onBattery: null, savesPower: true },
  ],
  [
    'one that is merely called so',
    { [`${CPU}/cpu0/cpufreq/scaling_governor`]: 'powersave', [`${CPU}/cpu0/cpufreq/scaling_driver`]: 'intel_pstate' },
    { throttled: null, onBattery: null, savesPower: false },
  ],
];
for (const [what, texts, expected] of rows) test(what, () => assert.deepEqual(readCondition(files(texts)), expected));

test('only what happened meanwhile is said', () => {
  const calm = readCondition(files(hot));
  assert.deepEqual(conditionNotes(calm, calm), []);
  const said = conditionNotes(calm, { throttled: 9, onBattery: true, savesPower: true }).map(note => render(note));
  assert.equal(said.length, 3);
  assert.match(said[0] ?? '', /slowed down 4 times/);
});

const slowdowns: readonly [what: string, said: string, notes: readonly RegExp[]][] = [
  ['idle, and clocks that somebody set', '0x0000000000000003\n', []],
  ['the power limit', '0x0000000000000004\n', [/power limit/]],
  ['heat, told by driver and hardware', '0x0000000000000068\n', [/too hot/]],
  ['hardware that does not say why, and the power supply', '0x0000000000000088\n', [/by its hardware/, /power supply/]],
  ['any of several GPUs', '0x0000000000000001\n0x0000000000000020\n', [/too hot/]],
  ['a GPU that does not tell', '[N/A]\n', []],
];
for (const [what, said, notes] of slowdowns)
  test(`a GPU's slowdown: ${what}`, () => {
    const shown = gpuNotes(readSlowdown(said)).map(note => render(note));
    assert.equal(shown.length, notes.length, shown.join());
    notes.forEach((note, index) => assert.match(shown[index] ?? '', note));
  });

test('others are busy from a quarter of a processor on, and nothing is said where nobody tells', () => {
  assert.deepEqual([busyNotes(2, 10), busyNotes(null, 10)], [[], []]);
  assert.match(
    busyNotes(30, 10)
      .map(note => render(note))
      .join(),
    /kept 3\.0 processors busy/,
  );
});

test("macOS and Windows tell of saving power in their tools' own words", () => {
  const saving = macCondition(
    ' lowpowermode         1\n sleep 1',
    "Now drawing from 'Battery Power'\n -InternalBattery-0",
  );
  assert.deepEqual([saving.onBattery, saving.savesPower], [true, true]);
  const desk = macCondition(' lowpowermode         0\n', "Now drawing from 'AC Power'\n");
  assert.deepEqual([desk.onBattery, desk.savesPower], [null, false]);
  const scheme = (guid: string): boolean => windowsCondition(`Power Scheme GUID: ${guid}  (…)`).savesPower;
  assert.deepEqual(
    [scheme('a1841308-3541-4fab-bc81-f71556f20b4a'), scheme('381b4222-f694-41f0-9685-ff5bb260df2e')],
    [true, false],
  );
});
