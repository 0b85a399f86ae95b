/** What is marked in a file, and how loudly. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { render, text } from '../../src/base/text';
import { notesOf } from '../../src/editor/notes';
import type { FileState } from '../../src/editor/reports';
import { diagnosticReport, fileReport, gapReport, modelReport } from '../support/reports';

const base: FileState = {
  version: 1,
  report: null,
  advice: null,
  adviceVersion: -1,
  problem: null,
  stale: false,
  busy: false,
};
const notes = (state: Partial<FileState>): string[] =>
  notesOf({ ...base, ...state }, '/x.py', render).map(({ line, level, message }) => `${line} ${level}: ${message}`);

const gap = gapReport();
const twice = ['A', 'B'].map(name => modelReport({ name, status: 'incomplete', complete: false, gaps: [gap] }));

test('a gap that two models share is marked once', () =>
  assert.deepEqual(notes({ report: fileReport(twice) }), ['9 hint: Not counted: a call that nobody knows']));

test('blocks that wait for arguments are left alone', () =>
  assert.deepEqual(notes({ report: fileReport([modelReport({ status: 'needs-arguments', gaps: [gap] })]) }), []));

test('gaps in other files, and assumptions, are not marked here', () => {
  const gaps = [gapReport({ file: '/y.py' }), gapReport({ code: 'assumed' })];
  assert.deepEqual(notes({ report: fileReport([modelReport({ gaps })]) }), []);
});

test('a shape that cannot be is a warning', () => {
  const gaps = [gapReport({ code: 'shape-mismatch', line: 5 })];
  assert.match(notes({ report: fileReport([modelReport({ gaps })]) }).join(), /^5 warning/);
});

test('with a syntax error only the error is marked', () => {
  const report = fileReport(twice, [diagnosticReport({ code: 'syntax-error', line: 2, text: text('no colon') })]);
  assert.deepEqual(notes({ report, stale: true }), ['2 hint: no colon']);
});

test('a file that cannot be read says so with its remedy', () => {
  const problem = { text: text('that is no model'), remedy: text('fetch it with git lfs pull') };
  assert.deepEqual(notes({ problem }), ['1 hint: that is no model: fetch it with git lfs pull']);
});
