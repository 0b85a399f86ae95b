/** The session's energy through starts, crashes and resets, and how the meter speaks. The worker is a fake. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { figure } from '../../src/base/figure';
import { render, text } from '../../src/base/text';
import { Meter, type MeteringClient } from '../../src/editor/meter';
import { isBeyond, meterLabel, meterTooltip } from '../../src/editor/meterText';
import type { LiveRun } from '../../src/report/liveRun';
import type { MeterSnapshot } from '../../src/report/meter';
import { createFormatter } from '../../src/report/format';

const silent = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} }; // prettier-ignore
const words = { say: render, format: createFormatter('en') };

function snapshot(seconds: number, energy: number | null, more: Partial<MeterSnapshot> = {}): MeterSnapshot {
  const energyJ = energy === null ? null : figure(energy, energy / 2, energy * 2, 'modelled', 'a test');
  const powerW = figure(12.34, 6, 24, 'modelled', 'a test');
  return { seconds, powerW, energyJ, domains: [], sensors: [], gaps: [], ...more };
}

function setUp(first: () => Promise<MeterSnapshot> = () => Promise.resolve(snapshot(0, 0))) {
  let emit: (payload: MeterSnapshot) => void = () => undefined;
  let runs: (payload: readonly LiveRun[]) => void = () => undefined;
  const calls: string[] = [];
  const client = {
    call: (name: string) => {
      calls.push(name);
      if (name === 'grid')
        return Promise.resolve({ region: 'DEU', intensity: figure(400, 300, 500, 'assumed', 'a grid') });
      if (name === 'read') return Promise.resolve(snapshot(1, 1));
      return name === 'start' ? first() : Promise.resolve(null);
    },
    on: (event: string, handler: (payload: never) => void) => {
      if (event === 'runs') runs = handler as typeof runs;
      else emit = handler as typeof emit;
      return { dispose: () => undefined };
    },
  } as unknown as MeteringClient;
  const meter = new Meter(client, silent);
  return {
    meter,
    calls,
    emit: (payload: MeterSnapshot) => emit(payload),
    runs: (payload: readonly LiveRun[]) => runs(payload),
  };
}

const settle = () => new Promise(resolve => setTimeout(resolve, 5));
const session = (meter: Meter): (number | undefined)[] => [meter.state?.sessionJ?.value, meter.state?.sessionS];

test('energy counts from the start of the session', async () => {
  const { meter, emit } = setUp();
  assert.equal(meter.state, undefined);
  meter.start();
  await settle();
  emit(snapshot(10, 120));
  assert.deepEqual(session(meter), [120, 10]);
  meter.resetSession();
  assert.deepEqual(session(meter), [0, 0]);
  emit(snapshot(12, 150));
  assert.deepEqual(session(meter), [30, 2]);
});

test('starting twice starts once', async () => {
  const { meter, calls } = setUp();
  meter.start();
  meter.start();
  await settle();
  assert.deepEqual(calls, ['start']);
});

test('what was counted before a crash is kept', async () => {
  const { meter, emit } = setUp();
  meter.start();
  await settle();
  emit(snapshot(10, 100));
  meter.restart();
  assert.equal(meter.state, undefined);
  emit(snapshot(1, 5));
  emit(snapshot(3, 25));
  assert.deepEqual(session(meter), [120, 12]);
  meter.dispose();
});

test('switching it off and on goes on counting', async () => {
  const { meter, emit, calls } = setUp();
  meter.start();
  await settle();
  emit(snapshot(10, 100));
  meter.stop();
  emit(snapshot(11, 110));
  meter.start();
  await settle();
  emit(snapshot(2, 20));
  assert.deepEqual(
    [calls, session(meter)],
    [
      ['start', 'stop', 'start'],
      [120, 12],
    ],
  );
});

test('it runs as long as anybody needs it', async () => {
  const { meter, calls } = setUp();
  const first = meter.hold();
  const second = meter.hold();
  first.dispose();
  first.dispose();
  assert.deepEqual(calls, ['start']);
  meter.start();
  second.dispose();
  assert.deepEqual(calls, ['start']);
  const third = meter.hold();
  meter.stop();
  assert.deepEqual(calls, ['start']);
  third.dispose();
  assert.deepEqual(calls, ['start', 'stop']);
  await settle();
});

test('after a crash nothing is shown until there is something new', async () => {
  const { meter, emit } = setUp();
  const told: (number | undefined)[] = [];
  meter.onChange(state => told.push(state?.sessionS));
  meter.start();
  await settle();
  emit(snapshot(10, 100));
  meter.restart();
  assert.deepEqual(told, [0, 10, undefined]);
  meter.dispose();
});

test('readings on either side of a crash are not compared', async () => {
  const { meter } = setUp();
  const read = meter.reader();
  assert.notEqual(await read(), null);
  meter.start();
  assert.notEqual(await read(), null);
  meter.restart();
  assert.equal(await read(), null);
  assert.notEqual(await meter.reader()(), null);
  meter.dispose();
});

test('a meter that does not start is no failure of the window', async () => {
  const { meter } = setUp(() => Promise.reject(new Error('no')));
  meter.start();
  await settle();
  assert.equal(meter.state, undefined);
  meter.dispose();
});

test('the label says watts, energy and the basis', () => {
  const of = (latest: MeterSnapshot) => meterLabel({ snapshot: latest, sessionJ: latest.energyJ, sessionS: 1 }, words);
  assert.equal(of(snapshot(10, 1_620)), '12.3 W · 1.62 kJ modelled');
  assert.equal(of(snapshot(10, null)), '12.3 W modelled');
  assert.equal(of(snapshot(10, null, { powerW: null })), 'no meter');
});

test('carbon stands beside the energy once the grid is known, and a run that is on has the meter for itself', () => {
  const latest = snapshot(10, 1_620);
  const state = { snapshot: latest, sessionJ: latest.energyJ, sessionS: 1 };
  const grams = figure(0.18, 0.1, 0.3, 'assumed', 'a grid');
  assert.equal(meterLabel({ ...state, sessionG: grams }, words), '12.3 W · 1.62 kJ · 0.18 g CO₂e modelled');
  const run = (joules: number | null, low: number | null) =>
    ({
      energy: { attributedJ: joules === null ? null : figure(joules, joules, joules, 'measured', 'x') },
      progress: low === null ? null : { fraction: { low, high: 1 }, epochs: 1, epochsTotal: 3 },
    }) as unknown as LiveRun;
  const label = (...runs: readonly LiveRun[]) => meterLabel({ ...state, sessionG: grams, runs }, words);
  assert.equal(label(run(500, 0.34)), '12.3 W · run 500 J · 34 % modelled');
  assert.equal(label(run(500, null)), '12.3 W · run 500 J modelled');
  assert.equal(label(run(500, 0.3), run(200, null)), '12.3 W · 2 runs 700 J modelled');
  assert.equal(label(run(null, null)), '12.3 W · run unknown modelled');
});

test('colour comes beyond the limit that the user set, and does not flicker about it', () => {
  const powers = [90, 101, 95, 91, 89, 95, undefined, 200];
  let beyond = false;
  const shown = powers.map(watts => (beyond = isBeyond(watts, 100, beyond)));
  assert.deepEqual(shown, [false, true, true, true, false, false, false, true]);
  assert.equal(isBeyond(1000, 0, false), false);
});

test('the carbon of a session follows the region, and runs are gone when nobody tells of them any more', async () => {
  const { meter, emit, runs } = setUp();
  meter.start();
  await settle();
  emit(snapshot(10, 3_600_000));
  const grams = () => meter.state?.sessionG?.value;
  assert.equal(grams(), undefined);
  await meter.useRegion('DEU');
  assert.equal(grams(), 400);
  runs([{ id: 'a' } as LiveRun]);
  emit(snapshot(11, 3_600_000));
  assert.deepEqual(meter.state?.runs?.map(({ id }) => id), ['a']); // prettier-ignore
  emit(snapshot(12, 3_600_000));
  assert.deepEqual(meter.state.runs, []);
  meter.dispose();
});

test('the tooltip says what is covered, what is missing, and what to do', () => {
  const told = { powerW: null, energyJ: null, seconds: 1 };
  const said = meterTooltip(
    snapshot(10, 5, {
      domains: [
        { domain: 'cpu-package', sensor: 'rapl', method: 'counter', counted: true, ...told },
        { domain: 'gpu:0', sensor: 'nvidia', method: 'sampled', counted: true, ...told },
        { domain: 'cpu-core', sensor: 'rapl', method: 'counter', counted: false, ...told },
      ],
      sensors: [
        { id: 'rapl', status: 'ok', covers: ['cpu-package'], method: 'counter', reasons: [], remedy: null },
        {
          id: 'ina',
          status: 'denied',
          covers: [],
          method: 'none',
          reasons: [text('*no* access')],
          remedy: text('ask'),
        },
      ],
    }),
    words,
    ['[Details](command:x)'],
  );
  assert.deepEqual(said.split('\n\n'), [
    '**ModelWatt energy meter**',
    'The watts are the sum of:',
    '- processor package: measured by an energy counter (RAPL)\n- GPU 0: measured as power, sampled (NVIDIA)',
    'Part of these, and not added again: processor cores',
    'Not available:',
    '- ina: \\*no\\* access  \n→ ask',
    '[Details](command:x)',
  ]);
});
