/** What stands above the models of a Python file, however the file is written. */
import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { settings } from '../../src/editor/ids';
import { countedLenses, lensesNow, openFile, readSample, writeFile } from './samples';
import { eventually, hostTest } from './suite';

const SAMPLES = ['air_quality/forecast.py', 'land_cover/unet.py', 'satellite/resnet.py'];

for (const path of SAMPLES) {
  hostTest(`${path} shows parameters, MACs, memory and energy`, async () => {
    const document = await openFile(path);
    const lenses = await countedLenses(document.uri);
    const costs = lenses.filter(({ title }) => title.includes('params'));
    assert.notEqual(costs.length, 0);
    for (const { title } of costs) assert.match(title, /^\d\S*( \S)? params · .*MACs · .*B · ≈ .*J/);
    assert.ok(lenses.some(({ title }) => title === 'Profile Model'));
  });
}

hostTest('numbers arrive without moving the code', async () => {
  const copy = await writeFile('copies/moving.py', await readSample('land_cover/unet.py'));
  const document = await vscode.workspace.openTextDocument(copy);
  await vscode.window.showTextDocument(document);
  const before = new Set((await lensesNow(copy)).map(({ line }) => line));
  const after = new Set((await countedLenses(copy)).map(({ line }) => line));
  assert.deepEqual([...after].sort(), [...before].sort());
});

const variants: readonly [name: string, rewrite: (source: string) => string][] = [
  ['CRLF line ends', source => source.replaceAll('\n', '\r\n')],
  ['a byte order mark', source => `\ufeff${source}`],
  ['tabs', source => source.replaceAll(/^( {4})+/gm, spaces => '\t'.repeat(spaces.length / 4))],
];

for (const [name, rewrite] of variants) {
  hostTest(`a file with ${name} counts the same`, async () => {
    const source = await readSample('satellite/resnet.py');
    const plain = await writeFile('copies/plain.py', source);
    const changed = await writeFile(`copies/${name.replaceAll(' ', '_')}.py`, rewrite(source));
    const [expected, found] = [await countedLenses(plain), await countedLenses(changed)];
    // Suggestions come later than numbers, in the one file or the other.
    const counts = (lenses: typeof found): typeof found => lenses.filter(({ title }) => !/greener option/.test(title));
    assert.deepEqual(counts(found), counts(expected));
  });
}

hostTest('a syntax error keeps the last numbers and says so calmly', async () => {
  const uri = await writeFile('copies/broken.py', await readSample('land_cover/unet.py'));
  const document = await vscode.workspace.openTextDocument(uri);
  const editor = await vscode.window.showTextDocument(document);
  await countedLenses(uri);
  await editor.edit(edit => edit.insert(document.lineAt(document.lineCount - 1).range.end, '\n\ndef broken(:\n'));
  await eventually('the mark of old numbers', async () =>
    (await lensesNow(uri)).find(({ title }) => title.includes('before the syntax error')),
  );
  const severities = vscode.languages.getDiagnostics(uri).map(({ severity }) => severity);
  assert.ok(severities.every(severity => severity >= vscode.DiagnosticSeverity.Information));
  await vscode.commands.executeCommand('workbench.action.files.revert');
});

hostTest('code lenses can be switched off alone', async () => {
  const document = await openFile('satellite/resnet.py');
  await countedLenses(document.uri);
  const configuration = vscode.workspace.getConfiguration();
  await configuration.update(settings.codeLens, false, vscode.ConfigurationTarget.Global);
  try {
    await eventually('no lens', async () => ((await lensesNow(document.uri)).length === 0 ? true : undefined));
  } finally {
    await configuration.update(settings.codeLens, undefined, vscode.ConfigurationTarget.Global);
  }
  await countedLenses(document.uri);
});
