/** Which report stands for a file, when, and what is kept when something goes wrong. The analysis is a fake. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { InputError } from '../../src/base/findings';
import { text } from '../../src/base/text';
import { type GivenInputs, type ReportPorts, Reports } from '../../src/editor/reports';
import type { AnalyzeRequest, Baseline, BaselineRequest } from '../../src/protocol/analysis';
import { RpcError } from '../../src/protocol/rpc';
import type { AdviceReport } from '../../src/report/advice';
import type { FileReport, ModelReport } from '../../src/report/view';
import { diagnosticReport, fileReport, modelReport, suggestionReport } from '../support/reports';

const silent = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} }; // prettier-ignore

interface World {
  text: string;
  version: number;
  inputs: GivenInputs[];
  analyze: (request: AnalyzeRequest, signal?: AbortSignal) => Promise<FileReport>;
  advise: (request: AnalyzeRequest) => Promise<AdviceReport>;
  baseline: (request: BaselineRequest) => Promise<Baseline>;
}

function setUp(world: Partial<World> = {}) {
  const asked: AnalyzeRequest[] = [];
  const state: World = {
    text: 'a',
    version: 1,
    inputs: [],
    // One model, named like the text.
    analyze: request => Promise.resolve(fileReport([modelReport({ name: request.text ?? '' })])),
    advise: () => Promise.resolve({ schemaVersion: 1, file: 'x.py', models: [] }),
    baseline: () => Promise.resolve({ commit: null, report: null, reason: null }),
    ...world,
  };
  const call = (name: string, params: unknown, options?: { signal?: AbortSignal }): Promise<unknown> => {
    if (name === 'advise') return state.advise(params as AnalyzeRequest);
    if (name === 'baseline') return state.baseline(params as BaselineRequest);
    asked.push(params as AnalyzeRequest);
    return state.analyze(params as AnalyzeRequest, options?.signal);
  };
  const reports = new Reports({
    analysis: { call: call as ReportPorts['analysis']['call'] },
    source: () => ({ path: '/x.py', text: state.text, version: state.version }),
    options: () => ({ searchPath: [] }),
    inputs: () => state.inputs,
    aloof: () => null,
    log: silent,
  });
  return { reports, asked, state };
}

const names = (reports: Reports): string[] => reports.peek('x')?.report?.models.map(({ name }) => name) ?? [];

test('the first question answers at once that it is busy, then with the report and its advice', async () => {
  const { reports } = setUp();
  assert.deepEqual([reports.of('x').busy, reports.of('x').report], [true, null]);
  const state = await reports.settled('x');
  assert.deepEqual([names(reports), state.version, state.adviceVersion, state.stale], [['a'], 1, 1, false]);
});

test('typing is answered when it pauses, with the last text alone', async () => {
  const { reports, asked, state } = setUp();
  await reports.settled('x');
  for (const letter of ['b', 'c', 'd']) {
    Object.assign(state, { text: letter, version: state.version + 1 });
    reports.changed('x');
  }
  assert.deepEqual(names(reports), ['a']);
  await reports.settled('x');
  assert.deepEqual([names(reports), asked.length], [['d'], 2]);
});

test('a file that nobody asked for stays unread', () => {
  const { reports } = setUp();
  reports.changed('x');
  assert.equal(reports.peek('x'), undefined);
});

test('an answer that comes too late is dropped', async () => {
  const slow: ((report: FileReport) => void)[] = [];
  const { reports, state } = setUp();
  state.analyze = () => new Promise(resolve => slow.push(resolve));
  reports.of('x');
  await new Promise(resolve => setTimeout(resolve, 5));
  state.analyze = () => Promise.resolve(fileReport([modelReport({ name: 'new' })]));
  reports.refresh('x');
  await reports.settled('x');
  slow[0]?.(fileReport([modelReport({ name: 'old' })]));
  await new Promise(resolve => setTimeout(resolve, 5));
  assert.deepEqual(names(reports), ['new']);
});

test('with a syntax error the last good report stays, marked stale', async () => {
  const { reports, state } = setUp();
  await reports.settled('x');
  state.version = 2;
  state.analyze = () => Promise.resolve(fileReport([], [diagnosticReport({ code: 'syntax-error' })]));
  reports.refresh('x');
  const broken = await reports.settled('x');
  assert.deepEqual([names(reports), broken.stale, broken.version], [['a'], true, 1]);
  assert.equal(broken.report?.diagnostics.length, 1);
  state.analyze = () => Promise.resolve(fileReport([modelReport({ name: 'mended' })]));
  reports.refresh('x');
  assert.equal((await reports.settled('x')).stale, false);
  assert.deepEqual(names(reports), ['mended']);
});

test('a syntax error in a file never read before is said, with what could be read', async () => {
  const { reports, state } = setUp();
  state.analyze = () => Promise.resolve(fileReport([], [diagnosticReport({ code: 'syntax-error' })]));
  const found = await reports.settled('x');
  assert.deepEqual([found.stale, found.report?.diagnostics.length], [false, 1]);
});

const refusals: readonly (readonly [string, Error, string])[] = [
  ['bad input', new InputError('bad', text('that is no model')), 'that is no model'],
  ['a death', new RpcError('closed', text('closed')), 'reading this file took more memory than it may'],
  ['a fault of ours', new TypeError('x is not a function'), 'something went wrong inside ModelWatt'],
];
for (const [name, error, said] of refusals)
  test(`${name} is a problem with words`, async () => {
    const { reports, state } = setUp();
    state.analyze = () => Promise.reject(error);
    const found = await reports.settled('x');
    assert.deepEqual([found.problem?.text.template, found.report, found.busy], [said, null, false]);
  });

test('a report that outlives a failure is still that of its own text', async () => {
  const { reports, state } = setUp();
  await reports.settled('x');
  state.version = 2;
  state.analyze = () => Promise.reject(new InputError('bad', text('that is no model')));
  reports.refresh('x');
  const found = await reports.settled('x');
  assert.deepEqual([names(reports), found.version, found.stale], [['a'], 1, true]);
});

test('when suggestions fail, the costs stay', async () => {
  const { reports } = setUp({ advise: () => Promise.reject(new Error('no')) });
  const found = await reports.settled('x');
  assert.deepEqual([names(reports), found.advice, found.problem], [['a'], null, null]);
});

test('models are read again with the inputs that the user gave', async () => {
  const { reports, asked } = setUp({
    inputs: [{ model: 'B', specs: ['float32[1,3]'] }],
    analyze: ({ inputs }) =>
      Promise.resolve(fileReport(['A', 'B'].map(name => modelReport({ name, parameters: inputs.length })))),
  });
  const found = await reports.settled('x');
  assert.deepEqual(
    found.report?.models.map(({ name, parameters }) => [name, parameters]),
    [
      ['A', 0],
      ['B', 1],
    ],
  );
  assert.deepEqual([asked[0]?.inputs, asked[1]?.inputs, asked[1]?.model], [[], ['float32[1,3]'], 'B']);
});

/** Two models whose parameters say how many inputs were given for them. */
const counting = ({ inputs }: AnalyzeRequest): FileReport =>
  fileReport(['A', 'B'].map(name => modelReport({ name, parameters: inputs.length })));
const counts = (
  models: Iterable<Pick<ModelReport, 'name' | 'parameters'>> = [],
): (readonly [string, number | null])[] => [...models].map(({ name, parameters }) => [name, parameters]);

test('a model with inputs of the user is compared at these inputs, and at none that do not fit', async () => {
  const { reports, state } = setUp({
    inputs: [{ model: 'B', specs: ['float32[1,3]'] }],
    analyze: request => Promise.resolve(counting(request)),
    baseline: ({ known, ...request }) =>
      Promise.resolve({ commit: 'c', report: known === 'c' ? null : counting(request), reason: null }),
  });
  const baseline = async () => counts((await reports.settled('x')).baseline?.models.values());
  assert.deepEqual(await baseline(), [['A', 0], ['B', 1]]); // prettier-ignore
  state.inputs = [];
  reports.refresh('x');
  assert.deepEqual(await baseline(), [['A', 0], ['B', 0]]); // prettier-ignore
  state.inputs = [{ model: 'B', specs: ['float32[1,4]'] }];
  const { baseline: read } = state;
  state.baseline = request =>
    request.model === undefined ? read(request) : Promise.reject(new InputError('bad', text('it has no such input')));
  reports.refresh('x');
  assert.deepEqual(await baseline(), [['A', 0]]);
});

test('a comparison at other inputs is gone before the numbers are new', async () => {
  const { reports, state } = setUp({
    analyze: request => Promise.resolve(counting(request)),
    baseline: request => Promise.resolve({ commit: 'c', report: counting(request), reason: null }),
  });
  await reports.settled('x');
  state.inputs = [{ model: 'B', specs: ['float32[1,3]'] }];
  const seen: (number | null | undefined)[][] = [];
  reports.onChange(key => {
    const now = reports.peek(key);
    const of = (models: Iterable<ModelReport> = []) => [...models].find(({ name }) => name === 'B')?.parameters;
    seen.push([of(now?.report?.models), of(now?.baseline?.models.values())]);
  });
  reports.refresh('x');
  await reports.settled('x');
  assert.deepEqual(
    seen.filter(([now, before]) => before !== undefined && now !== before),
    [],
  );
  assert.deepEqual(seen.at(-1), [1, 1]);
});

test('suggestions are of the inputs that the user gave', async () => {
  const { reports } = setUp({
    inputs: [{ model: 'B', specs: ['float32[1,3]'] }],
    analyze: request => Promise.resolve(counting(request)),
    advise: ({ inputs }) =>
      Promise.resolve({
        schemaVersion: 1,
        file: 'x.py',
        models: ['A', 'B'].map(name => ({ name, suggestions: inputs.map(id => suggestionReport({ id })) })),
      }),
  });
  const { advice } = await reports.settled('x');
  assert.deepEqual(
    advice?.models.map(({ name, suggestions }) => [name, suggestions.map(({ id }) => id)]),
    [
      ['A', []],
      ['B', ['float32[1,3]']],
    ],
  );
});

test('forgetting a file tells its listeners', async () => {
  const { reports } = setUp();
  await reports.settled('x');
  const told: string[] = [];
  reports.onChange(key => told.push(key));
  reports.forget('x');
  assert.deepEqual([told, reports.peek('x')], [['x'], undefined]);
});
