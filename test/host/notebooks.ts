/** Models in the cells of a notebook: read as one program, shown in the cell that defines them. */
import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { lensesNow, type SeenLens, writeFile } from './samples';
import { eventually, hostTest } from './suite';

const BASE = 'from torch import nn\n%matplotlib inline\n\nclass Base(nn.Module):\n    pass';
const net = (width: number): string =>
  [
    'class Net(Base):  # modelwatt: input=float32[1,8]',
    '    def __init__(self):',
    '        super().__init__()',
    `        self.fc = nn.Linear(8, ${width})`,
    '    def forward(self, x):',
    '        return self.fc(x)',
  ].join('\n');

const notebook = (cells: readonly string[]): string =>
  JSON.stringify({
    cells: [
      { cell_type: 'markdown', metadata: {}, source: ['# A model\n', 'in words'] },
      ...cells.map(source => ({ cell_type: 'code', metadata: {}, execution_count: null, outputs: [], source })),
    ],
    metadata: { language_info: { name: 'python' } },
    nbformat: 4,
    nbformat_minor: 5,
  });

async function open(name: string, cells: readonly string[]): Promise<readonly vscode.TextDocument[]> {
  const uri = await writeFile(`copies/${name}.ipynb`, notebook(cells));
  const document = await vscode.workspace.openNotebookDocument(uri);
  await vscode.window.showNotebookDocument(document);
  return document.getCells().map(cell => cell.document);
}

const costs = (lenses: readonly SeenLens[]): SeenLens | undefined =>
  lenses.find(({ title }) => /\d.*params/.test(title));

/** The line and the count of the costs above a cell's model, once they are as expected. */
const shows = (cell: vscode.TextDocument, text: string): Promise<SeenLens> =>
  eventually(`${text} in a cell`, async () => {
    const found = costs(await lensesNow(cell.uri));
    return found?.title.startsWith(text) === true ? found : undefined;
  });

hostTest('a model of a notebook has its costs in its cell, also while it is edited', async () => {
  const cells = await open('live', [BASE, `# the model\n${net(4)}`]);
  const cell = cells[2];
  assert.ok(cell);
  assert.equal((await shows(cell, '36 params')).line, 2);
  const edit = new vscode.WorkspaceEdit();
  const at = cell.getText().indexOf('8, 4') + 3;
  edit.replace(cell.uri, new vscode.Range(cell.positionAt(at), cell.positionAt(at + 1)), '2');
  await vscode.workspace.applyEdit(edit);
  await shows(cell, '18 params');
});

hostTest('of two cells that define a model the later one counts', async () => {
  const cells = await open('twice', [BASE, net(4), net(2)]);
  const [, , first, second] = cells;
  assert.ok(first && second);
  await shows(second, '18 params');
  assert.deepEqual(await lensesNow(first.uri), []);
});
