/**
 * NVIDIA's management library through its C interface: the energy counter that `nvidia-smi` does not show (boards since
 * Volta), power, load and the processes on each board. Names and layouts: NVIDIA's NVML API reference.
 */
import type { Board } from '../meters/boardLine';

export interface ManagementLibrary {
  /** Undefined where the driver no longer answers. */
  read(): readonly Board[] | undefined;
  close(): void;
}

/** Throws where the package or the library is not there, or it does not start: with the library's own number. */
export async function openLibrary(path: string): Promise<ManagementLibrary> {
  const { load } = await import('koffi');
  const library = load(path);
  const bind = (name: string, parameters: string): ((...values: readonly unknown[]) => number) => {
    const call = library.func(`int ${name}(${parameters})`);
    return (...values) => call(...values) as number;
  };
  const init = bind('nvmlInit_v2', '');
  const shutdown = bind('nvmlShutdown', '');
  const count = bind('nvmlDeviceGetCount_v2', 'void *count');
  const handle = bind('nvmlDeviceGetHandleByIndex_v2', 'uint32_t index, void *device');
  const answer = init();
  if (answer !== 0) throw new Error(`NVML ${answer}`);
  const questions = questionsOf(bind);
  return {
    read: () => {
      const many = Buffer.alloc(4);
      if (count(many) !== 0) return undefined;
      return Array.from({ length: many.readUInt32LE() }, (_, index) => index).flatMap(index => {
        const device = Buffer.alloc(8);
        return handle(index, device) === 0 ? [{ index, ...questions(device.readBigUInt64LE()) }] : [];
      });
    },
    close: () => void shutdown(),
  };
}

type Bind = (name: string, parameters: string) => (...values: readonly unknown[]) => number;

/** What one board answers; a question that an old driver does not know is undefined for all of them. */
function questionsOf(bind: Bind): (device: bigint) => Omit<Board, 'index'> {
  const ask = (name: string, parameters: string): ((...values: readonly unknown[]) => number) => {
    try {
      return bind(name, `size_t device, ${parameters}`);
    } catch {
      return () => -1;
    }
  };
  const uuid = ask('nvmlDeviceGetUUID', 'void *text, uint32_t length');
  const name = ask('nvmlDeviceGetName', 'void *text, uint32_t length');
  const energy = ask('nvmlDeviceGetTotalEnergyConsumption', 'void *energy');
  const power = ask('nvmlDeviceGetPowerUsage', 'void *power');
  const load = ask('nvmlDeviceGetUtilizationRates', 'void *rates');
  const processes = ask('nvmlDeviceGetComputeRunningProcesses_v3', 'void *count, void *infos');
  const words = (call: typeof uuid, device: bigint): string => {
    const text = Buffer.alloc(96);
    return call(device, text, text.length) === 0 ? text.toString('latin1').replace(/\0.*$/s, '') : '';
  };
  const number = (call: typeof uuid, device: bigint): Buffer | undefined => {
    const value = Buffer.alloc(8);
    return call(device, value) === 0 ? value : undefined;
  };
  return device => ({
    uuid: words(uuid, device),
    name: words(name, device),
    energy: number(energy, device)?.readBigUInt64LE(),
    milliwatts: number(power, device)?.readUInt32LE(),
    load: number(load, device)?.readUInt32LE(),
    processes: processesOn(processes, device),
  });
}

/** Process id, memory, two instance ids: 24 bytes each with their padding. */
const INFO_BYTES = 24;
const MOST_PROCESSES = 256;

function processesOn(ask: (...values: readonly unknown[]) => number, device: bigint): readonly number[] | undefined {
  const count = Buffer.alloc(4);
  count.writeUInt32LE(MOST_PROCESSES);
  const infos = Buffer.alloc(INFO_BYTES * MOST_PROCESSES);
  if (ask(device, count, infos) !== 0) return undefined;
  const found = Math.min(MOST_PROCESSES, count.readUInt32LE());
  return Array.from({ length: found }, (_, index) => infos.readUInt32LE(index * INFO_BYTES));
}
