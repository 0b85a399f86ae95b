/** In what kind of machine we stand, so that "no counter here" can say why and what to do. */
import type { World } from './world';

export type Environment = 'bare' | 'virtual' | 'container' | 'wsl' | 'other';

/** Linux only; `other` elsewhere. A container in a virtual machine counts as virtual: that is what hides the hardware. */
export function environmentOf({ platform, files }: Pick<World, 'platform' | 'files'>): Environment {
  if (platform !== 'linux') return 'other';
  const read = (path: string): string => {
    const answer = files.read(path);
    return answer.ok ? answer.text : '';
  };
  if (/microsoft/i.test(read('/proc/version'))) return 'wsl';
  const vendor = read('/sys/class/dmi/id/sys_vendor') + read('/sys/class/dmi/id/product_name');
  const flags = /^flags\s*:.*$/m.exec(read('/proc/cpuinfo'))?.[0] ?? '';
  // A cloud's bare-metal machine bears the cloud's name, too.
  const named = HYPERVISORS.test(vendor) && !/metal/i.test(vendor);
  if (/\bhypervisor\b/.test(flags) || named || read('/sys/hypervisor/type').trim() === 'xen') return 'virtual';
  const inContainer =
    files.read('/.dockerenv').ok ||
    files.read('/run/.containerenv').ok ||
    /docker|kubepods|containerd|libpod|lxc/.test(read('/proc/1/cgroup'));
  return inContainer ? 'container' : 'bare';
}

const HYPERVISORS =
  /QEMU|VMware|VirtualBox|innotek|Xen|KVM|Amazon EC2|Google Compute Engine|Virtual Machine|Parallels/i;
