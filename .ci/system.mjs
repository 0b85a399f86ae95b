// What has to come from the operating system: Debian packages and a Chromium.
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { Problem, must, run } from './lib.mjs';

/** To compile the editor's two small native modules; git is for the editor itself. */
export const editorPackages = ['python3', 'make', 'g++', 'git'];
/** The browser and letters for its pages, Chinese ones too. */
export const browserPackages = ['chromium', 'fonts-dejavu-core', 'fonts-noto-cjk'];

const CHROMIUM_NAMES = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome'];

const onPath = name =>
  (process.env.PATH ?? '')
    .split(delimiter)
    .map(folder => join(folder, name))
    .find(path => existsSync(path));

export const findChromium = () => {
  const given = process.env.MODELWATT_CHROMIUM;
  if (given !== undefined && given !== '' && !existsSync(given))
    throw new Problem(`MODELWATT_CHROMIUM names ${given}, which does not exist.`);
  return given || CHROMIUM_NAMES.map(onPath).find(Boolean);
};

/** The Chromium to drive; installs one where that is possible. */
export async function ensureChromium() {
  if (findChromium() === undefined) await ensurePackages(browserPackages);
  else await ensurePackages(browserPackages.filter(name => name !== 'chromium')).catch(warn);
  const path = findChromium();
  if (path === undefined) throw new Problem('There is no Chromium: install one, or name it in MODELWATT_CHROMIUM.');
  return path;
}

// Without the fonts pages look poorer; nothing fails.
const warn = error => console.warn(error.message);

/** Installs the missing ones among these Debian packages, or says exactly what is missing. */
export async function ensurePackages(names) {
  if (onPath('dpkg-query') === undefined) return ensurePrograms(names);
  const missing = [];
  for (const name of names) if (!(await isInstalled(name))) missing.push(name);
  if (missing.length === 0) return;
  const asRoot = await rootPrefix();
  const command = `apt-get install -y --no-install-recommends ${missing.join(' ')}`;
  if (asRoot === undefined) throw new Problem(`Debian packages are missing. Please run:  sudo ${command}`);
  console.log(`Installing ${missing.join(' ')} …`);
  const apt = ['apt-get', '-q', '-o', 'DPkg::Lock::Timeout=300'];
  const [program, ...rest] = [...asRoot, 'env', 'DEBIAN_FRONTEND=noninteractive', ...apt];
  const install = ['install', '-y', '--no-install-recommends', ...missing];
  // The lists of a fresh image are empty or old; those of other machines usually do.
  const { code } = await run(program, [...rest, ...install]);
  if (code === 0) return;
  await must('Updating the package lists', program, [...rest, 'update']);
  await must(`Installing Debian packages (${command})`, program, [...rest, ...install]);
}

async function isInstalled(name) {
  const { code, output } = await run('dpkg-query', ['-W', '-f', '${db:Status-Status}', name]);
  return code === 0 && output.trim() === 'installed';
}

async function rootPrefix() {
  if (process.getuid?.() === 0) return [];
  const { code } = await run('sudo', ['-n', 'true']);
  return code === 0 ? ['sudo', '-n'] : undefined;
}

/** Elsewhere than on Debian: the programs count, whatever package they came in. */
function ensurePrograms(names) {
  const missing = names.filter(name => /^(python3|make|g\+\+|git)$/.test(name) && onPath(name) === undefined);
  if (names.includes('chromium') && findChromium() === undefined) missing.push('chromium');
  if (missing.length > 0)
    throw new Problem(
      `Programs are missing, and this is no Debian where they could be installed: ${missing.join(' ')}`,
    );
}
