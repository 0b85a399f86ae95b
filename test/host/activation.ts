/** When the extension wakes, and what it then has registered. The first file to run: later ones find it awake. */
import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { commands } from '../../src/editor/ids';
import { openFile } from './samples';
import { eventually, hostTest } from './suite';

const extension = (): vscode.Extension<unknown> => {
  const found = vscode.extensions.getExtension('modelwatt.modelwatt');
  assert.ok(found, 'the extension is not there');
  return found;
};

hostTest('sleeps when the editor starts', () => assert.equal(extension().isActive, false));

hostTest('wakes for a Python file', async () => {
  await openFile('satellite/resnet.py');
  await eventually('activation', () => extension().isActive || undefined);
});

hostTest('registers every command that it contributes', async () => {
  const registered = new Set(await vscode.commands.getCommands(true));
  assert.deepEqual(
    Object.values(commands).filter(id => !registered.has(id)),
    [],
  );
});
