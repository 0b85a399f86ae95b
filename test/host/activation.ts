/** When the extension wakes, and what it then has registered. The first file to run: later ones find it awake. */
import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { commands } from '../../src/editor/ids';
import { eventually, hostTest } from './suite';

const extension = (): vscode.Extension<unknown> => {
  const found = vscode.extensions.getExtension('modelwatt.modelwatt');
  assert.ok(found, 'the extension is not there');
  return found;
};

/** A file of the sample workspace, opened. */
export async function openSample(path: string): Promise<vscode.TextDocument> {
  const folder = vscode.workspace.workspaceFolders?.[0];
  assert.ok(folder, 'no workspace is open');
  const document = await vscode.workspace.openTextDocument(vscode.Uri.joinPath(folder.uri, path));
  await vscode.window.showTextDocument(document);
  return document;
}

hostTest('sleeps when the editor starts', () => assert.equal(extension().isActive, false));

hostTest('wakes for a Python file', async () => {
  await openSample('satellite/resnet.py');
  await eventually('activation', () => extension().isActive || undefined);
});

hostTest('registers every command that it contributes', async () => {
  const registered = new Set(await vscode.commands.getCommands(true));
  assert.deepEqual(
    Object.values(commands).filter(id => !registered.has(id)),
    [],
  );
});
