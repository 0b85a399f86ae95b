/**
 * Whether a GPU sleeps, from the kernel's own files, which wake nothing. Asking a vendor's tool would wake the device,
 * and a laptop's battery would pay for it. Files: Documentation/ABI/testing/sysfs-devices-power of the kernel.
 */
import type { SysFiles } from './world';

export interface GpuSleep {
  /** Display controllers of the vendor on the PCI bus. */
  readonly devices: number;
  /** Some of them are suspended at present: a tool that opens all would wake them. */
  readonly asleep: boolean;
  /** The kernel may suspend some of them when nobody uses them. */
  readonly maySleep: boolean;
}

/** `folders` as `gpuFolders` finds them: a server has hundreds of devices, too many to look through each second. */
export function gpuSleep(files: SysFiles, folders: readonly string[]): GpuSleep {
  return {
    devices: folders.length,
    asleep: folders.some(folder => /^suspend/.test(readTrimmed(files, `${folder}/power/runtime_status`))),
    maySleep: folders.some(folder => readTrimmed(files, `${folder}/power/control`) === 'auto'),
  };
}

const PCI = '/sys/bus/pci/devices';

/** PCI class 0x03: display controllers. A card's audio function (0x04) shares the vendor and is none. */
export function gpuFolders(files: SysFiles, vendor: string): readonly string[] {
  return files
    .list(PCI)
    .map(address => `${PCI}/${address}`)
    .filter(
      folder =>
        readTrimmed(files, `${folder}/vendor`) === vendor && readTrimmed(files, `${folder}/class`).startsWith('0x03'),
    );
}

function readTrimmed(files: SysFiles, path: string): string {
  const answer = files.read(path);
  return answer.ok ? answer.text.trim() : '';
}
