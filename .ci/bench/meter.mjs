// What the energy meter costs at one reading a second, with every program that it starts: the worker thread in a plain
// Node host that listens, against the same host with nothing but a timer. Goal: below 0.5 % of one core.
import { spawn } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { root } from '../lib.mjs';

export const name = 'meter';

const SETTLE_S = 10;
const SPAN_S = Number(process.env.MODELWATT_BENCH_METER_S ?? 60);

/** Says what the sensors are on the first snapshot, then only listens. */
const LISTENING = `
  const { Worker } = require('node:worker_threads');
  const worker = new Worker(${JSON.stringify(join(root, 'dist', 'metering.js'))});
  let told = false;
  worker.on('message', message => {
    if (message.rpc !== 'event' || told) return;
    told = true;
    console.log(JSON.stringify(message.payload));
  });
  worker.postMessage({ rpc: 'request', id: 1, method: 'start', params: { intervalS: 1 } });
`;
const IDLE = 'setInterval(() => undefined, 1000);';

export async function run({ print }) {
  if (process.platform !== 'linux') {
    print('process times are read from /proc: left out on this system');
    return;
  }
  const [meter, idle] = await Promise.all([measure(LISTENING), measure(IDLE)]);
  const snapshot = JSON.parse(meter.said);
  const used = snapshot.domains.map(({ domain, sensor }) => `${domain} by ${sensor}`).join(', ');
  print(`sensors here: ${used}`);
  print(
    `meter at 1 Hz, host and ${meter.programs} program(s) beside it: ${percent(meter.share)} of one core (goal: below 0.5 %)`,
  );
  print(`a host with a timer alone: ${percent(idle.share)}`);
  print(
    `memory above that host: ${((meter.bytes - idle.bytes) / 1e6).toFixed(1)} MB; it moved ${(meter.growth / 1e6).toFixed(1)} MB in ${SPAN_S} s`,
  );
  const absent = snapshot.sensors.filter(({ method }) => method === 'none').map(({ id, status }) => `${id} ${status}`);
  if (absent.length > 0) print(`not in this figure: ${absent.join(', ')}`);
  await calibrate(print);
}

const STEP_S = 5;
const BURN = 'for (;;) Math.random();';

/** The same meter at 0, 1 and 2 busy threads, so that what a model makes of load can be looked at: it must rise. */
async function calibrate(print) {
  const told = [];
  for (const busy of [0, 1, 2]) {
    const children = Array.from({ length: busy }, () => spawn(process.execPath, ['-e', BURN], { stdio: 'ignore' }));
    try {
      await sleep(500);
      const before = busySeconds();
      const report = await metered(STEP_S);
      const threads = (busySeconds() - before) / (STEP_S + 0.5);
      const { value, low, high, basis } = report.byDomain['cpu-package']?.powerW ?? {};
      told.push(value);
      print(
        `${busy} busy: ${threads.toFixed(1)} threads were busy in all; processor ${value?.toFixed(1)} W (${low?.toFixed(1)}–${high?.toFixed(1)}, ${basis})`,
      );
    } finally {
      for (const child of children) child.kill('SIGKILL');
    }
  }
  const rises = told.every((value, index) => index === 0 || value > told[index - 1]);
  print(rises ? 'the power rises with the load' : 'the power does not rise: was the machine busy with other things?');
}

/** What the command line tells after so many seconds. */
async function metered(seconds) {
  const child = spawn(
    process.execPath,
    [join(root, 'dist', 'cli.js'), 'meter', '--seconds', String(seconds), '--format', 'json'],
    { stdio: ['ignore', 'pipe', 'ignore'] },
  );
  let said = '';
  child.stdout.on('data', data => (said += data));
  await new Promise(resolve => child.once('close', resolve));
  return JSON.parse(said);
}

/** Of all hardware threads, by the same sums as the model's. */
function busySeconds() {
  const [user, nice, system, , , irq = 0, softirq = 0] = readFileSync('/proc/stat', 'utf8')
    .split('\n')[0]
    .split(/ +/)
    .slice(1)
    .map(Number);
  return (user + nice + system + irq + softirq) / TICKS_PER_SECOND;
}

const percent = share => `${(100 * share).toFixed(2)} %`;

async function measure(program) {
  const child = spawn(process.execPath, ['-e', program], { stdio: ['ignore', 'pipe', 'inherit'] });
  let said = '';
  child.stdout.on('data', data => (said += data));
  try {
    await sleep(1000 * SETTLE_S);
    const before = usage(child.pid);
    const began = performance.now();
    await sleep(1000 * SPAN_S);
    const after = usage(child.pid);
    const span = (performance.now() - began) / 1000;
    return {
      said,
      share: (after.seconds - before.seconds) / span,
      programs: after.processes - 1,
      bytes: after.bytes,
      growth: after.bytes - before.bytes,
    };
  } finally {
    child.kill('SIGKILL');
  }
}

/** Processor time and resident memory of a process and all below it; ended children are in their parent's sums. */
function usage(pid) {
  const all = readdirSync('/proc')
    .filter(entry => /^\d+$/.test(entry))
    .flatMap(readStat);
  const family = new Set([pid]);
  for (let size = 0; size !== family.size;) {
    size = family.size;
    for (const { id, parent } of all) if (family.has(parent)) family.add(id);
  }
  const members = all.filter(({ id }) => family.has(id));
  return {
    processes: members.length,
    seconds: members.reduce((sum, { ticks }) => sum + ticks, 0) / TICKS_PER_SECOND,
    bytes: members.reduce((sum, { pages }) => sum + pages, 0) * 4096,
  };
}

/** proc(5): USER_HZ is 100 on every architecture that Linux' user space sees. */
const TICKS_PER_SECOND = 100;

function readStat(entry) {
  try {
    const stat = readFileSync(`/proc/${entry}/stat`, 'utf8');
    // The name in brackets may hold anything; counted from behind it: state 0, ppid 1, … utime 11 to cstime 14, rss 21.
    const fields = stat
      .slice(stat.lastIndexOf(')') + 2)
      .split(' ')
      .map(Number);
    return [
      {
        id: Number(entry),
        parent: fields[1],
        ticks: fields[11] + fields[12] + fields[13] + fields[14],
        pages: fields[21],
      },
    ];
  } catch {
    return [];
  }
}
