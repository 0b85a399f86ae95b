/**
 * The hardware's identity and load. systeminformation is large and slow to ask, so it is loaded and asked once, and
 * only for what is cheap: its list of graphics cards would run vendor tools and wake sleeping GPUs.
 */
import { existsSync } from 'node:fs';
import os from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Seconds } from '../../base/units';
import { bytes } from '../../base/units';
import { environmentOf } from '../../meters/environment';
import { readProcStat } from '../../meters/load';
import type { Command, CpuTimes, Identity, World } from '../../meters/world';
import { nodeClocks, nodeWait } from './clock';
import { runProgram, streamProgram } from './programs';
import { nodeSysFiles } from './sysfs';

export function nodeMeterWorld(): World {
  let identity: Promise<Identity> | undefined;
  return {
    platform: platformOf(process.platform),
    files: nodeSysFiles,
    clocks: nodeClocks,
    wait: nodeWait,
    run: runProgram,
    stream: streamProgram,
    boardReader,
    identify: () => (identity ??= identifyWithin(10)),
    cpuTimes: () => readProcStat(nodeSysFiles) ?? threadTimes(),
  };
}

/** A bundle beside the one that runs this. An editor's own program acts as Node where it is told to. */
function boardReader(every: Seconds, count?: number): Command | undefined {
  const child = join(__dirname, 'nvml.js');
  const library = process.platform === 'win32' ? 'nvml.dll' : 'libnvidia-ml.so.1';
  if (process.platform === 'darwin' || !existsSync(child)) return undefined;
  const times = count === undefined ? [] : [String(count)];
  return { command: process.execPath, args: [child, library, String(Math.round(1000 * every)), ...times] };
}

const platformOf = (name: string): World['platform'] =>
  name === 'linux' || name === 'darwin' || name === 'win32' ? name : 'other';

/** What Node itself knows, should the package be slow (PowerShell on Windows) or fail. */
function plainIdentity(): Identity {
  const cpus = os.cpus();
  const model = cpus[0]?.model.trim();
  return {
    ...(model && { processor: model }),
    threads: Math.max(1, cpus.length),
    memory: bytes(os.totalmem()),
    laptop: nodeSysFiles.list('/sys/class/power_supply').some(name => name.startsWith('BAT')),
    virtual: ['virtual', 'wsl'].includes(
      environmentOf({ platform: platformOf(process.platform), files: nodeSysFiles }),
    ),
  };
}

async function identifyWithin(limit: number): Promise<Identity> {
  const plain = plainIdentity();
  const asked = identify(plain).catch(() => plain);
  return Promise.race([asked, sleep(1000 * limit, plain, { ref: false })]);
}

async function identify(plain: Identity): Promise<Identity> {
  const { default: information } = await import('systeminformation');
  const [cpu, system, chassis, layout] = await Promise.all([
    information.cpu(),
    // Linux tells it in a file already read; the package would run four programs.
    process.platform === 'linux' ? undefined : information.system(),
    information.chassis(),
    information.memLayout(),
  ]);
  const processor = plain.processor ?? `${cpu.manufacturer} ${cpu.brand}`.trim();
  // Without access to the firmware's tables there is one nameless entry for the whole memory.
  const modules = layout.filter(({ size, type }) => size > 0 && type !== '').length;
  return {
    ...plain,
    ...(processor !== '' && { processor }),
    ...(cpu.processors > 0 && { sockets: cpu.processors }),
    ...(cpu.physicalCores > 0 && { cores: cpu.physicalCores }),
    ...(modules > 0 && { modules }),
    laptop: plain.laptop || /notebook|laptop|portable|convertible|detachable/i.test(chassis.type),
    virtual: plain.virtual || system?.virtual === true,
  };
}

/** Other systems: the same sums from Node's per-thread times. */
function threadTimes(): CpuTimes | undefined {
  const cpus = os.cpus();
  if (cpus.length === 0) return undefined;
  let busy = 0;
  let idle = 0;
  for (const { times } of cpus) {
    busy += times.user + times.nice + times.sys + times.irq;
    idle += times.idle;
  }
  return { busy, total: busy + idle };
}
