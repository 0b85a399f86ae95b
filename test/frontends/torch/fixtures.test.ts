/**
 * Small models, one a construct of Python or PyTorch: the notes under their code, and PyTorch's own counts.
 * Those in gaps/ cannot be read to the end, and the notes say where and why.
 */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { test } from 'node:test';
import { isUnknown } from '../../../src/base/known';
import type { Span } from '../../../src/base/span';
import { render } from '../../../src/base/text';
import { rollUp } from '../../../src/estimate/rollup';
import type { FileRead } from '../../../src/frontends/frontend';
import type { Graph } from '../../../src/ir/graph';
import { printType } from '../../../src/ir/tensor';
import { verifyGraph } from '../../../src/ir/verify';
import { nodeCost } from '../../../src/ops/cost';
import references from '../../fixtures/torch/reference.json';
import type { Note } from '../../support/markers';
import { assertNotes, readFixture } from '../../support/markers';
import type { Reference } from '../../support/torchModels';
import { countsOf, countsOfReference, modelNamed, readPython } from '../../support/torchModels';

const FOLDER = 'test/fixtures/torch';
const expected: Readonly<Record<string, Reference>> = references.fixtures;

/** Files with a model: those whose forward says what comes in. */
const files = readdirSync(FOLDER, { recursive: true, encoding: 'utf8' })
  .map(name => name.replaceAll('\\', '/'))
  .filter(name => name.endsWith('.py') && / # in: \w+\[/.test(text(name)))
  .filter(name => !['reference.py', 'counting.py', 'check_library.py'].includes(name))
  .sort();

/** Not read to the end yet, each for a known reason; none claims to be complete. Whoever mends one takes it off. */
const NOT_YET: readonly string[] = [];

for (const name of NOT_YET)
  test(`${name} is not read to the end yet, and says so`, async () => {
    const read = await readPython({ path: join(FOLDER, name), inputs: inputsOf(name) });
    assert.ok(!read.models.some(model => model.name === modelOf(name) && model.graph?.gaps.length === 0));
  });

function text(name: string): string {
  return readFileSync(join(FOLDER, name), 'utf8');
}

const modelOf = (name: string): string => (/^class Net\b/m.test(text(name)) ? 'Net' : 'net');
const inputsOf = (name: string): string[] => (/# in: (.+)/.exec(text(name))?.[1] ?? '').trim().split(/\s+/);

for (const name of files.filter(file => !NOT_YET.includes(file)))
  test(`${name} is read as its notes say`, async () => {
    const path = join(FOLDER, name);
    const read = await readPython({ path, model: modelOf(name), inputs: inputsOf(name) });
    const fixture = readFixture(text(name));
    assertNotes(path, fixture, notesOf(read, path, fixture.lines), note => /^[a-z]+-[a-z-]+: /.test(note.text));
    for (const { graph } of read.models) if (graph !== undefined) assert.deepEqual(verifyGraph(graph), []);
  });

for (const [name, reference] of Object.entries(expected).filter(([file]) => !NOT_YET.includes(file)))
  test(`${name} counts as in PyTorch`, async () => {
    const model = modelOf(name);
    const found = modelNamed(await readPython({ path: join(FOLDER, name), model, inputs: inputsOf(name) }), model);
    assert.deepEqual(found.graph.gaps, []);
    assert.equal(found.status, 'ok');
    assert.deepEqual(countsOf(found.graph), countsOfReference(reference));
  });

test('every fixture that PyTorch can run has its counts', () => {
  const missing = files.filter(name => !name.startsWith('gaps/') && expected[name] === undefined);
  assert.deepEqual(missing, []);
});

/** Line endings, byte order mark and tabs change nothing; each is made from the same file. */
const spellings: readonly [name: string, rewrite: (source: string) => string][] = [
  ['CRLF', source => source.replaceAll('\n', '\r\n')],
  ['a byte order mark', source => `\u{FEFF}${source}`],
  ['tabs', source => source.replaceAll('    ', '\t')],
  ['no last line end', source => source.trimEnd()],
];
for (const [what, rewrite] of spellings)
  test(`a file with ${what} reads the same`, async () => {
    const source = rewrite(text('conv_stack.py'));
    const world = { readText: (path: string) => Promise.resolve(basename(path) === 'net.py' ? source : undefined), openRange: () => Promise.resolve(undefined) }; // prettier-ignore
    const inputs = inputsOf('conv_stack.py');
    const found = modelNamed(await readPython({ path: 'net.py', model: 'Net', inputs }, world), 'Net');
    const reference = expected['conv_stack.py'];
    assert.ok(reference !== undefined);
    assert.deepEqual(found.graph.gaps, []);
    assert.deepEqual(countsOf(found.graph), countsOfReference(reference));
  });

/** What the report shows for this file: totals at the model's name, types and MACs at calls, gaps where they are. */
function notesOf(read: FileRead, path: string, lines: readonly string[]): Note[] {
  const notes: Note[] = [];
  for (const model of read.models) {
    const column = (lines[model.line - 1] ?? '').search(new RegExp(`\\b${model.name}\\b`));
    const place = { line: model.line, column, end: column + model.name.length };
    if (model.graph === undefined) notes.push({ ...place, text: model.status });
    else notes.push({ ...place, text: totals(model.graph) }, ...callNotes(model.graph, path, lines));
  }
  const gaps = [...read.gaps, ...read.models.flatMap(model => model.graph?.gaps ?? [])];
  for (const { code, message, at } of gaps) {
    const said = `${code}: ${render(message)}`;
    notes.push({ ...(at === undefined ? { line: 1, column: 0, end: 2 } : placeOf(at, lines)), text: said });
  }
  return notes.filter(
    (note, index) => notes.findIndex(other => JSON.stringify(other) === JSON.stringify(note)) === index,
  );
}

function totals(graph: Graph): string {
  const { parameters, trainableParameters, bufferElements, macs } = rollUp(graph);
  return `params=${parameters} trainable=${trainableParameters} buffers=${bufferElements} macs=${macs}`;
}

/** One note a call: what its last op gives, and the MACs of all its ops. */
function callNotes(graph: Graph, path: string, lines: readonly string[]): Note[] {
  const calls = new Map<string, { at: Span; types: string[]; macs: number }>();
  for (const node of graph.nodes) {
    const at = node.origin.callSite;
    if (at === undefined || !at.file.endsWith(basename(path))) continue;
    const key = `${at.start}-${at.end}`;
    const entry = calls.get(key) ?? { at, types: [], macs: 0 };
    const { macs } = nodeCost(graph, node);
    const types = node.outputs.map(id => graph.values[id]).map(value => (value ? printType(value.type) : '?'));
    calls.set(key, { at, types, macs: entry.macs + (isUnknown(macs) ? 0 : macs) });
  }
  return [...calls.values()].map(({ at, types, macs }) => ({
    ...placeOf(at, lines),
    text: `${types.join(', ')}${macs > 0 ? ` macs=${macs}` : ''}`,
  }));
}

function placeOf(at: Span, lines: readonly string[]): Omit<Note, 'text'> {
  const rest = (lines[at.line - 1] ?? '').length;
  return {
    line: at.line,
    column: at.column,
    end: Math.max(at.column + 1, Math.min(rest, at.column + at.end - at.start)),
  };
}
