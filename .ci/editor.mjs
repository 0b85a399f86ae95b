// A real VS Code without a desktop: code-server, run by the Node that it needs, kept in the user's cache by version.
//   node .ci/editor.mjs            installs it and says where it is
// MODELWATT_EDITOR_HOME names another place for it.
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { cp, mkdir, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Problem, atEnd, elapsed, main, must, readJson, root, start, stop } from './lib.mjs';
import { editorPackages, ensurePackages } from './system.mjs';

const source = join(root, '.ci', 'editor');
const STAMP = 'installed';

function home() {
  if (process.env.MODELWATT_EDITOR_HOME) return process.env.MODELWATT_EDITOR_HOME;
  const versions = ['package.json', 'package-lock.json'].map(name => readFileSync(join(source, name)));
  const hash = versions
    .reduce((sum, text) => sum.update(text), createHash('sha256'))
    .digest('hex')
    .slice(0, 12);
  const cache = process.env.XDG_CACHE_HOME || join(homedir(), '.cache');
  return join(cache, 'modelwatt', `editor-${process.platform}-${process.arch}-${hash}`);
}

const places = folder => {
  const node = join(folder, 'node_modules', `node-linux-${process.arch}`);
  const server = join(folder, 'node_modules', 'code-server');
  return {
    folder,
    nodeHome: node,
    node: join(node, 'bin', 'node'),
    server,
    entry: join(server, 'out', 'node', 'entry.js'),
  };
};

/** Installs the editor if it is missing. Returns the paths of its Node and of its program. */
export async function installEditor() {
  const target = places(home());
  if (existsSync(join(target.folder, STAMP))) return target;
  if (process.platform !== 'linux' || !['x64', 'arm64'].includes(process.arch)) {
    throw new Problem(
      `The editor that these scripts install runs on Linux (x64, arm64); this is ${process.platform}-${process.arch}. ` +
        'Use "npm start -- --desktop" with an installed VS Code instead.',
    );
  }
  await ensurePackages(editorPackages);
  const began = performance.now();
  console.log('Installing the editor (about 800 MB, once) …');
  // Beside its place and then renamed: a broken or doubled installation is never taken for a good one.
  const building = places(`${target.folder}.${process.pid}`);
  try {
    await fill(building);
    await rename(building.folder, target.folder).catch(error => {
      if (!existsSync(join(target.folder, STAMP))) throw error;
    });
  } finally {
    await rm(building.folder, { recursive: true, force: true });
  }
  console.log(`The editor is in ${target.folder} (${elapsed(began)}).`);
  return target;
}

async function fill({ folder, nodeHome, node, server, entry }) {
  await mkdir(folder, { recursive: true });
  for (const name of ['package.json', 'package-lock.json']) await cp(join(source, name), join(folder, name));
  const env = { ...cleanEnvironment(), npm_config_nodedir: nodeHome };
  const quiet = ['--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  const vscode = join(server, 'lib', 'vscode');
  const npm = (args, cwd, more = {}) => must('Installing the editor', 'npm', args, { cwd, env: { ...env, ...more } });
  await npm(['ci', ...quiet], folder);
  await npm(['install', '--omit=dev', ...quiet], vscode);
  await npm(['install', '--omit=dev', ...quiet], join(vscode, 'extensions'));
  // Without spdlog output channels stay empty. The compiler needs the headers of the Node that will load it.
  const natives = ['rebuild', '--ignore-scripts=false', '@vscode/spdlog', '@vscode/native-watchdog'];
  await npm(natives, vscode, { PATH: `${dirname(node)}:${env.PATH}` });
  const version = await must('Starting the editor', node, [entry, '--version'], { cwd: folder, env });
  await writeFile(join(folder, STAMP), version);
}

/** The environment without what npm or another VS Code put there: with VSCODE_IPC_HOOK_CLI set, code-server talks to that one instead. */
function cleanEnvironment() {
  const foreign = /^(VSCODE_|npm_|NODE_OPTIONS$|ELECTRON_RUN_AS_NODE$|INIT_CWD$)/i;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !foreign.test(name)));
}

const baseSettings = {
  'workbench.startupEditor': 'none',
  'workbench.colorTheme': 'Default Dark Modern',
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'telemetry.telemetryLevel': 'off',
  'extensions.ignoreRecommendations': true,
  'extensions.autoUpdate': false,
  'chat.disableAIFeatures': true,
  'window.commandCenter': false,
  'security.workspace.trust.startupPrompt': 'never',
  'security.workspace.trust.untrustedFiles': 'open',
};

/**
 * Starts an editor of its own, in fresh folders, on 127.0.0.1.
 *
 * - `workspace`: folder to open
 * - `extension`: repository linked in as an installed extension; `vsix`: package to install; `developmentPath`: repository
 *   loaded through the address, with `testsPath` the module that runs in the extension host
 * - `settings`: on top of quiet defaults; `locale`: display language such as `zh-cn`
 * - `trust`: false leaves the workspace untrusted (Restricted Mode)
 * - `port`: 0 for any
 *
 * Resolves to `{ url, port, folder, output(), stop() }` when the server answers.
 */
export async function startEditor(options) {
  const editor = await installEditor();
  const folder = mkdtempSync(join(tmpdir(), 'modelwatt-editor-'));
  const forget = atEnd(() => rmSync(folder, { recursive: true, force: true }));
  await prepare(folder, options);
  const common = commonArguments(folder);
  const env = environment(folder, options.env);
  if (options.vsix) {
    await must(
      'Installing the package',
      editor.node,
      [editor.entry, ...common, '--install-extension', options.vsix, '--force'],
      { env, cwd: folder },
    );
  }
  const args = [editor.entry, ...common, ...serverArguments(options)];
  const child = start(editor.node, args, { env, cwd: folder, guarded: true });
  const { port, output } = await listening(child);
  return {
    url: address(port, options),
    port,
    folder,
    output,
    /** Resolves when the server has ended by itself. */
    ended: new Promise(done => child.once('exit', done)),
    stop: async () => {
      await stop(child);
      forget();
      await rm(folder, { recursive: true, force: true, maxRetries: 3 });
    },
  };
}

async function prepare(folder, { extension, settings = {}, locale }) {
  const [user, machine, extensions] = [join(folder, 'data', 'User'), join(folder, 'data', 'Machine'), join(folder, 'ext')]; // prettier-ignore
  for (const path of [user, machine, extensions]) await mkdir(path, { recursive: true });
  await writeFile(join(folder, 'config.yaml'), 'auth: none\n');
  await writeFile(join(user, 'settings.json'), JSON.stringify({ ...baseSettings, ...settings }, null, 2));
  // Settings of the machine's scope are the server's.
  await writeFile(join(machine, 'settings.json'), JSON.stringify(settings));
  if (extension) {
    const { publisher, name, version } = readJson(join(extension, 'package.json'));
    await symlink(extension, join(extensions, `${publisher}.${name}-${version}`), 'dir');
  }
  if (locale) await speak(folder, locale);
}

/**
 * Makes the editor take a display language without a language pack from the gallery: one without any translation of the
 * editor itself. The editor then speaks English and extensions speak `locale`, theirs being the texts in question.
 */
async function speak(folder, locale) {
  const texts = join(folder, 'data', 'main.i18n.json');
  await writeFile(texts, JSON.stringify({ version: '1.0.0', contents: {} }));
  const pack = {
    hash: 'none',
    extensions: [{ extensionIdentifier: { id: 'modelwatt.language' }, version: '1.0.0' }],
    translations: { vscode: texts },
    label: locale,
  };
  await writeFile(join(folder, 'data', 'languagepacks.json'), JSON.stringify({ [locale]: pack }));
}

const commonArguments = folder => [
  '--config',
  join(folder, 'config.yaml'),
  '--user-data-dir',
  join(folder, 'data'),
  '--extensions-dir',
  join(folder, 'ext'),
];

function serverArguments({ port = 0, trust = true, locale, developmentPath }) {
  return [
    ...['--bind-addr', `127.0.0.1:${port}`, '--auth', 'none', '--disable-telemetry', '--disable-update-check'],
    '--disable-getting-started-override',
    ...(trust ? ['--disable-workspace-trust'] : []),
    ...(locale ? ['--locale', locale] : []),
    // Without this the development path in the address is ignored.
    ...(developmentPath ? ['--vscode-option', 'enable-smoke-test-driver'] : []),
  ];
}

const environment = (folder, more = {}) => ({
  ...cleanEnvironment(),
  XDG_CONFIG_HOME: join(folder, 'xdg', 'config'),
  XDG_DATA_HOME: join(folder, 'xdg', 'data'),
  XDG_CACHE_HOME: join(folder, 'xdg', 'cache'),
  ...more,
});

function address(port, { workspace, developmentPath, testsPath }) {
  const url = new URL(`http://127.0.0.1:${port}/`);
  if (workspace) url.searchParams.set('folder', workspace);
  const remote = path => `vscode-remote://127.0.0.1:${port}${path}`;
  const payload = [
    ...(developmentPath ? [['extensionDevelopmentPath', remote(developmentPath)]] : []),
    ...(testsPath ? [['extensionTestsPath', remote(testsPath)]] : []),
  ];
  if (payload.length > 0) url.searchParams.set('payload', JSON.stringify(payload));
  return url.href;
}

/** Waits for the port in the server's output, then for its health. */
async function listening(child) {
  let text = '';
  const output = () => text;
  const port = await new Promise((found, failed) => {
    const take = chunk => {
      text += chunk;
      const match = /HTTP server listening on http:\/\/127\.0\.0\.1:(\d+)/.exec(text);
      if (match) found(Number(match[1]));
    };
    child.stdout.on('data', take);
    child.stderr.on('data', take);
    child.once('exit', code =>
      failed(new Problem(`The editor ended with ${code} before it listened:\n${text.trim()}`)),
    );
    setTimeout(() => failed(new Problem(`The editor did not listen within 60 s:\n${text.trim()}`)), 60_000).unref();
  });
  for (let attempt = 0; attempt < 300; attempt++) {
    const healthy = await fetch(`http://127.0.0.1:${port}/healthz`).then(
      reply => reply.ok,
      () => false,
    );
    if (healthy) return { port, output };
    await new Promise(done => setTimeout(done, 100));
  }
  throw new Problem(`The editor listens on ${port} but does not answer:\n${text.trim()}`);
}

await main(import.meta, async () => {
  const { folder } = await installEditor();
  console.log(folder);
});
