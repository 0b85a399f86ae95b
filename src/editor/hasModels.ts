/** Tells the menus whether the file in front of the user has models, so that they offer nothing where there are none. */
import { commands, type TextEditor, window } from 'vscode';
import type { Store } from '../base/store';
import type { Documents } from './documents';
import { contexts } from './ids';
import { outline } from './outline';

export function followModels(documents: Documents, store: Store): void {
  let shown: boolean | undefined;
  const update = (editor: TextEditor | undefined = window.activeTextEditor): void => {
    const has = editor?.document.languageId === 'python' && hasModels(documents, editor);
    if (has === shown) return;
    shown = has;
    void commands.executeCommand('setContext', contexts.hasModels, has);
  };
  store.add(window.onDidChangeActiveTextEditor(update));
  store.add(
    documents.onChange(file => {
      const { activeTextEditor } = window;
      if (activeTextEditor && documents.fileOf(activeTextEditor.document).toString() === file.toString()) update();
    }),
  );
  update();
}

/** What was read has the last word; before that the looks of the file. */
function hasModels(documents: Documents, { document }: TextEditor): boolean {
  const report = documents.reports.peek(documents.fileOf(document).toString())?.report;
  return report ? report.models.length > 0 : outline(document.getText()).length > 0;
}
