/** Files for the tests in the extension host: those of the sample workspace, and others written beside them. */
import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { eventually } from './suite';

export function inWorkspace(path: string): vscode.Uri {
  const folder = vscode.workspace.workspaceFolders?.[0];
  assert.ok(folder, 'no workspace is open');
  return vscode.Uri.joinPath(folder.uri, path);
}

export async function openFile(path: string): Promise<vscode.TextDocument> {
  const document = await vscode.workspace.openTextDocument(inWorkspace(path));
  await vscode.window.showTextDocument(document);
  return document;
}

export async function writeFile(path: string, content: string | Uint8Array): Promise<vscode.Uri> {
  const uri = inWorkspace(path);
  await vscode.workspace.fs.writeFile(uri, typeof content === 'string' ? new TextEncoder().encode(content) : content);
  return uri;
}

export async function readSample(path: string): Promise<string> {
  return new TextDecoder().decode(await vscode.workspace.fs.readFile(inWorkspace(path)));
}

export interface SeenLens {
  /** From 1. */
  readonly line: number;
  readonly title: string;
}

/** The lenses of a file as they are now. */
export async function lensesNow(uri: vscode.Uri): Promise<readonly SeenLens[]> {
  const found = await vscode.commands.executeCommand<vscode.CodeLens[]>('vscode.executeCodeLensProvider', uri, 100);
  return found.map(({ range, command }) => ({ line: range.start.line + 1, title: command?.title ?? '' }));
}

/** The lenses once nothing is being read any more and numbers stand in at least one of them. */
export async function countedLenses(uri: vscode.Uri): Promise<readonly SeenLens[]> {
  // The editor asks providers for open documents only.
  await vscode.workspace.openTextDocument(uri);
  let lenses: readonly SeenLens[] = [];
  const counted = async (): Promise<true | undefined> => {
    lenses = await lensesNow(uri);
    return lenses.some(({ title }) => /\d.*params/.test(title)) || undefined;
  };
  await eventually(
    () => `numbers above the models of ${uri.path} (but: ${lenses.map(({ title }) => title).join(' | ')})`,
    counted,
  );
  return lenses;
}
