/** The session's energy through starts, crashes and resets, and how the meter speaks. The worker is a fake. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { figure } from '../../src/base/figure';
import { render, text } from '../../src/base/text';
import { Meter, type MeteringClient } from '../../src/editor/meter';
import { meterLabel, meterTooltip } from '../../src/editor/meterText';
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
  const calls: string[] = [];
  const client = {
    call: (name: string) => {
      calls.push(name);
      if (name === 'read') return Promise.resolve(snapshot(1, 1));
      return name === 'start' ? first() : Promise.resolve(null);
    },
    on: (_: string, handler: (payload: MeterSnapshot) => void) => {
      emit = handler;
      return { dispose: () => undefined };
    },
  } as unknown as MeteringClient;
  const meter = new Meter(client, silent);
  return { meter, calls, emit: (payload: MeterSnapshot) => emit(payload) };
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
