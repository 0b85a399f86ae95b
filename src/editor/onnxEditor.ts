/** `.onnx` files open as their costs, read-only: nothing of the file goes through the extension host. */
import { type Uri, window } from 'vscode';
import type { Store } from '../base/store';
import { views } from './ids';
import type { Panels } from './panel';

export function registerOnnxEditor(panels: Panels, store: Store): void {
  store.add(
    window.registerCustomEditorProvider(
      views.onnx,
      {
        openCustomDocument: (uri: Uri) => ({ uri, dispose: () => undefined }),
        resolveCustomEditor: (document, panel) => panels.fill(panel, document.uri),
      },
      { supportsMultipleEditorsPerDocument: true },
    ),
  );
}
