/** What a machine's state is told as, and what is said of it beside a measurement. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { render } from '../../src/base/text';
import type { SysFiles } from '../../src/meters/world';
import { conditionNotes } from '../../src/services/condition';
import { readCondition } from '../../src/services/ports/condition';

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
