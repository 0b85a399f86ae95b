// `npm start`: the extension in a real VS Code, with a copy of the sample workspace open. Ctrl+C ends all of it.
//   npm start -- [FOLDER] [--port N] [--locale zh-cn] [--desktop]
// FOLDER is opened in place of the sample; `--desktop` uses an installed `code` in place of the browser's editor.
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { cp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { build } from './build.mjs';
import { startEditor } from './editor.mjs';
import { Problem, atEnd, main, root, run } from './lib.mjs';
import { ensureModules } from './modules.mjs';

function readArguments(args) {
  const options = { port: { type: 'string' }, locale: { type: 'string' }, desktop: { type: 'boolean' } };
  try {
    const { values, positionals } = parseArgs({ args, options, allowPositionals: true });
    const port = Number(values.port ?? 0);
    if (!Number.isInteger(port) || port < 0 || port > 65535) throw new Error(`--port ${values.port} is no port.`);
    const folder = positionals[0] && resolve(process.env.INIT_CWD ?? '.', positionals[0]);
    if (folder && !existsSync(folder)) throw new Error(`${folder} does not exist.`);
    return { ...values, port, folder };
  } catch (error) {
    throw new Problem(`${error.message}\nUsage: npm start -- [FOLDER] [--port N] [--locale zh-cn] [--desktop]`);
  }
}

/** A copy, so that one may edit it; it goes when the editor ends. */
async function copySample() {
  const folder = mkdtempSync(join(tmpdir(), 'modelwatt-sample-'));
  atEnd(() => rmSync(folder, { recursive: true, force: true }));
  const copy = join(folder, 'modelwatt-sample');
  await cp(join(root, 'test', 'sample'), copy, { recursive: true });
  return copy;
}

async function openDesktop(workspace) {
  const { code, output } = await run(
    'code',
    ['--new-window', '--wait', `--extensionDevelopmentPath=${root}`, workspace],
    { echo: true },
  );
  if (code === 127) throw new Problem('There is no "code" on the PATH: install VS Code, or leave out --desktop.');
  if (code !== 0) throw new Problem(`code ended with ${code}.\n${output}`);
}

await main(import.meta, async args => {
  const { folder, port, locale, desktop } = readArguments(args);
  await ensureModules();
  await build();
  const workspace = folder ?? (await copySample());
  if (desktop) return openDesktop(workspace);
  const editor = await startEditor({ workspace, extension: root, port, locale });
  console.log(editor.url);
  await editor.ended;
  throw new Problem(`The editor ended by itself:\n${editor.output().slice(-2000)}`);
});
