/** Tasks, terminal commands, debug sessions and cells as runs, in the real editor with its real meter. */
import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { settings } from '../../src/editor/ids';
import type { RunRecord } from '../../src/report/run';
import { ledgerStore } from '../../src/services/ports/runStore';
import { inWorkspace, writeFile } from './samples';
import { eventually, hostTest } from './suite';

const BURN = `const end = Date.now() + 1000 * Number(process.argv[2] ?? 4);
let epoch = 0;
while (Date.now() < end) {
  const next = Date.now() + 500;
  console.log('Epoch ' + ++epoch + '/8');
  while (Date.now() < next) Math.sqrt(Math.random());
}
process.exit(Number(process.argv[3] ?? 0));
`;

/** What the store says anew, as after a reload. */
const recorded = (known: ReadonlySet<string>, isIt: (run: RunRecord) => boolean): Promise<RunRecord> =>
  eventually('a recorded run', () =>
    ledgerStore()
      .list()
      .runs.find(run => !known.has(run.id) && isIt(run)),
  );

const knownNow = (): ReadonlySet<string> =>
  new Set(
    ledgerStore()
      .list()
      .runs.map(({ id }) => id),
  );
const saysOf = (run: RunRecord): string => JSON.stringify(run.notes);

async function setUp(): Promise<vscode.Uri> {
  const configuration = vscode.workspace.getConfiguration();
  const patterns = { training: ['burn\\.js', 'burn\\('], inference: [], never: ['--quiet'] };
  await configuration.update(settings.runPatterns, patterns, vscode.ConfigurationTarget.Global);
  await vscode.extensions.getExtension('modelwatt.modelwatt')?.activate();
  return writeFile('copies/burn.js', BURN);
}

function assertEnergy(run: RunRecord): void {
  const { energy } = run;
  assert.ok(energy !== null, saysOf(run));
  assert.ok(energy.status === 'resolved' || energy.status === 'partial', JSON.stringify(energy));
  assert.ok((energy.attributedJ?.value ?? 0) > 0, JSON.stringify(energy));
  const cpu = energy.shares.find(({ rule }) => rule === 'cpu-time' || rule === 'module');
  // The rest of the machine works as well; a busy core is no small part of it.
  assert.ok(cpu !== undefined && cpu.share.value > 0.02, JSON.stringify(energy.shares));
  assert.ok(run.carbonG !== null);
}

const task = (name: string, args: readonly string[]): vscode.Task =>
  new vscode.Task({ type: 'process', id: name }, vscode.TaskScope.Workspace, name, 'test', new vscode.ProcessExecution(process.execPath, [...args])); // prettier-ignore

/** Runs a task to its end. */
async function ended(one: vscode.Task): Promise<void> {
  let isOver = false;
  const subscription = vscode.tasks.onDidEndTaskProcess(
    ({ execution }) => (isOver ||= execution.task.name === one.name),
  );
  await vscode.tasks.executeTask(one);
  await eventually(`the end of ${one.name}`, () => isOver || undefined);
  subscription.dispose();
}

hostTest('runs: a task that burns CPU becomes a run with energy that a reload finds', async () => {
  const script = await setUp();
  const known = knownNow();
  await vscode.tasks.executeTask(task('burning', [script.fsPath, '5']));
  const run = await recorded(known, ({ notes }) => JSON.stringify(notes).includes('burning'));
  assertEnergy(run);
  assert.equal(run.exitCode, 0);
  assert.ok((run.durationS ?? 0) > 4 && (run.durationS ?? 0) < 9, String(run.durationS));
  assert.ok(run.command?.includes(script.fsPath));
});

hostTest('runs: two tasks at once share no joule', async () => {
  const script = await setUp();
  const known = knownNow();
  // The editor knows tasks by what they run: with equal arguments they would be one.
  for (const name of ['one', 'two']) await vscode.tasks.executeTask(task(name, [script.fsPath, '4', '0', name]));
  const runs = await Promise.all(['one', 'two'].map(name => recorded(known, run => saysOf(run).includes(`"${name}"`))));
  const shares = runs.map(({ energy }) => energy?.shares.find(({ rule }) => rule === 'cpu-time')?.share.value ?? 0);
  assert.ok(shares.every(share => share > 0) && shares.reduce((sum, share) => sum + share, 0) <= 1 + 1e-9, String(shares)); // prettier-ignore
});

hostTest('runs: what matches nothing, is excluded, or is switched off is not recorded; a failure is', async () => {
  const script = await setUp();
  const known = knownNow();
  const other = await writeFile('copies/idle.js', 'setTimeout(() => 0, 200);');
  await ended(task('other', [other.fsPath]));
  await ended(task('quiet', [script.fsPath, '1', '0', '--quiet']));
  const configuration = vscode.workspace.getConfiguration();
  await configuration.update(settings.runs, false, vscode.ConfigurationTarget.Global);
  await ended(task('off', [script.fsPath, '1']));
  await configuration.update(settings.runs, undefined, vscode.ConfigurationTarget.Global);
  await vscode.tasks.executeTask(task('failing', [script.fsPath, '1', '3']));
  const run = await recorded(known, found => saysOf(found).includes('failing'));
  assert.equal(run.exitCode, 3);
  assert.deepEqual(
    ledgerStore()
      .list()
      .runs.filter(({ id }) => !known.has(id))
      .map(saysOf),
    [saysOf(run)],
  );
});

hostTest('runs: a debug session becomes a run', async () => {
  const script = await setUp();
  const known = knownNow();
  const configuration = { type: 'node', request: 'launch', name: 'debugging', program: script.fsPath, args: ['5'] };
  await vscode.debug.startDebugging(vscode.workspace.workspaceFolders?.[0], configuration);
  const run = await recorded(known, found => saysOf(found).includes('debugging'));
  assertEnergy(run);
  assert.equal(run.progress?.epochs === undefined, false);
});

hostTest('runs: a command in a terminal becomes a run with its progress', async () => {
  const script = await setUp();
  const known = knownNow();
  const terminal = vscode.window.createTerminal({ name: 'bash', shellPath: '/bin/bash', cwd: inWorkspace('.').fsPath });
  terminal.show();
  try {
    const integration = await eventually('shell integration', () => terminal.shellIntegration);
    integration.executeCommand(`"${process.execPath}" ${script.fsPath} 5 2`);
    const run = await recorded(known, found => saysOf(found).includes('terminal'));
    assertEnergy(run);
    assert.equal(run.exitCode, 2);
    assert.ok((run.progress?.epochs ?? 0) > 3, JSON.stringify(run.progress));
  } finally {
    terminal.dispose();
  }
});

hostTest('runs: a cell becomes a run, of its kernel’s energy where there is one kernel', async () => {
  const script = await setUp();
  const known = knownNow();
  const { spawn } = await import('node:child_process');
  const kernel = spawn(process.execPath, [script.fsPath, '20', '0', 'ipykernel_launcher'], { stdio: 'ignore' });
  const controller = vscode.notebooks.createNotebookController('burner', 'jupyter-notebook', 'Burner');
  controller.executeHandler = async cells => {
    for (const cell of cells) {
      const execution = controller.createNotebookCellExecution(cell);
      execution.executionOrder = 1;
      execution.start(Date.now());
      await execution.replaceOutput(new vscode.NotebookCellOutput([vscode.NotebookCellOutputItem.stdout('Epoch 1/3\n')])); // prettier-ignore
      await new Promise(done => setTimeout(done, 4000));
      execution.end(true, Date.now());
    }
  };
  try {
    const source = JSON.stringify({ cells: [{ cell_type: 'code', metadata: {}, execution_count: null, outputs: [], source: ['burn()'] }], metadata: { language_info: { name: 'python' } }, nbformat: 4, nbformat_minor: 5 }); // prettier-ignore
    const uri = await writeFile('copies/cells.ipynb', source);
    const notebook = await vscode.workspace.openNotebookDocument(uri);
    await vscode.window.showNotebookDocument(notebook);
    await vscode.commands.executeCommand('notebook.selectKernel', { id: 'burner', extension: vscode.extensions.all.find(({ id }) => id === 'modelwatt.modelwatt')?.id }); // prettier-ignore
    await vscode.commands.executeCommand('notebook.cell.execute', { ranges: [{ start: 0, end: 1 }], document: uri });
    const run = await recorded(known, found => saysOf(found).includes('cells.ipynb'));
    assertEnergy(run);
    assert.equal(run.exitCode, 0);
  } finally {
    kernel.kill();
    controller.dispose();
  }
});
