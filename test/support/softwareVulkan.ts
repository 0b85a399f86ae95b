/** A graphics adapter in software for WebGPU: SwiftShader as browsers bring it, described to the loader by an absolute path. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, isAbsolute, join } from 'node:path';

const ICD = 'vk_swiftshader_icd.json';
const LOADER = 'libvulkan.so.1';

/** Folders in which browsers have it, and the editors that are built on one. */
function folders(): readonly string[] {
  const playwright = join(homedir(), '.cache', 'ms-playwright');
  const fetched = existsSync(playwright)
    ? readdirSync(playwright).flatMap(name =>
        ['chrome-linux', 'chrome-linux64'].map(sub => join(playwright, name, sub)),
      )
    : [];
  const system = ['/usr/lib/chromium', '/opt/google/chrome', '/usr/share/code', '/usr/lib/chromium-browser'];
  return [...system, ...fetched];
}

/** Variables for a process that shall see the adapter; undefined where none is installed. Writes into `scratch`. */
export function softwareVulkan(scratch: string): NodeJS.ProcessEnv | undefined {
  if (process.platform !== 'linux') return undefined;
  const folder = folders().find(one => existsSync(join(one, ICD)));
  if (folder === undefined) return undefined;
  const described = JSON.parse(readFileSync(join(folder, ICD), 'utf8')) as { ICD: { library_path: string } };
  const { library_path: library } = described.ICD;
  const path = join(scratch, ICD);
  const absolute = isAbsolute(library) ? library : join(folder, library);
  writeFileSync(path, JSON.stringify({ ...described, ICD: { ...described.ICD, library_path: absolute } }));
  // The system's loader where there is one; browsers carry their own.
  const own = existsSync(join(folder, LOADER)) ? [dirname(join(folder, LOADER))] : [];
  const before = process.env['LD_LIBRARY_PATH'];
  return {
    ...process.env,
    VK_ICD_FILENAMES: path,
    VK_DRIVER_FILES: path,
    ...(SYSTEM_LOADERS.some(existsSync) ? {} : { LD_LIBRARY_PATH: [...own, ...(before ? [before] : [])].join(':') }),
  };
}

const SYSTEM_LOADERS = ['x86_64-linux-gnu', 'aarch64-linux-gnu'].map(arch => `/usr/lib/${arch}/${LOADER}`);
