import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checksum } from '../../src/ledger/checksum';
import { decode, encode } from '../../src/ledger/line';
import { SCHEMA, readLedger } from '../../src/ledger/read';
import { aRun } from '../support/runRecords';

const file = (...parts: readonly string[]): readonly { name: string; content: string }[] => [
  { name: 'a.jsonl', content: parts.join('') },
];
const line = (id: string): string => encode({ run: aRun({ id }) }, SCHEMA);
const idsOf = (content: readonly { name: string; content: string }[]): readonly string[] =>
  readLedger(content).runs.map(({ id }) => id);

test('the checksum is that of gzip', () => {
  assert.equal(checksum('123456789'), 'cbf43926');
  assert.equal(checksum(''), '00000000');
});

test('entries are read in the order of their start, whatever file they stand in', () => {
  const early = encode({ run: aRun({ id: 'early', startedAt: '2026-01-01T00:00:00.000Z' }) }, SCHEMA);
  const files = [...file(line('late')), { name: 'b.jsonl', content: early }];
  assert.deepEqual(idsOf(files), ['early', 'late']);
});

for (const [name, damaged] of Object.entries({
  'a tail cut off': [line('a'), line('b'), line('c').slice(0, -30)],
  'a piece of a crashed writer before a whole entry': [line('a'), line('c').slice(0, 40), line('b')],
  'a changed character': [line('a'), line('c').replace('2026', '2027'), line('b')],
  'bytes of something else': [line('a'), '\u0000\u0000\u0000', line('b')],
  'JSON of something else': [line('a'), '\n{"run":1}\n', line('b')],
}))
  test(`reading goes on over ${name}, which is told`, () => {
    const { runs, damage } = readLedger(file(...damaged));
    assert.deepEqual(
      runs.map(({ id }) => id),
      ['a', 'b'],
    );
    assert.equal(damage.length, 1);
  });

test('damage names its line', () => {
  const { damage } = readLedger(file(line('a'), 'xyz', line('b')));
  assert.deepEqual(damage, [{ file: 'a.jsonl', line: 3, kind: 'damaged' }]);
});

test('an entry without its end may still be being written', () => {
  const { damage } = readLedger(file(line('a'), line('b').slice(0, 50)));
  assert.deepEqual(
    damage.map(({ kind }) => kind),
    ['open'],
  );
});

test('a whole entry of a later version is told as that, not as damage', () => {
  const { runs, damage } = readLedger(file(encode({ run: { id: 'x' } }, SCHEMA + 1), line('a')));
  assert.deepEqual([runs.length, damage.map(({ kind }) => kind)], [1, ['newer']]);
});

test('an entry of the first schema is read as a finished run', () => {
  const old = { run: { id: 'old', kind: 'run', startedAt: '2025-01-01T00:00:00.000Z', endedAt: null } };
  const [run] = readLedger(file(encode(old, 1))).runs;
  assert.deepEqual([run?.id, run?.state, run?.energy], ['old', 'finished', null]);
});

test('migrations are applied one after the other', () => {
  const add = (part: string) => (entry: unknown) => `${String(entry)}${part}`;
  assert.deepEqual(decode(encode('x', 1).trim(), 3, { 1: add('1'), 2: add('2') }), { kind: 'entry', value: 'x12' });
  assert.deepEqual(decode(encode('x', 1).trim(), 3, { 2: add('2') }), { kind: 'damaged' });
});

test('the end of a run replaces its beginning, in either order', () => {
  const [begun, ended] = [aRun({ id: 'a', state: 'running' }), aRun({ id: 'a', exitCode: 3 })];
  const lines = [begun, ended].map(run => encode({ run }, SCHEMA));
  for (const order of [lines, lines.toReversed()]) {
    const { runs } = readLedger(file(...order));
    assert.deepEqual([runs.length, runs[0]?.exitCode], [1, 3]);
  }
});

test('a deleted run is gone, also where it stands in another file', () => {
  const tombstone = encode({ deleted: 'a', at: '2026-01-01T00:00:00.000Z' }, SCHEMA);
  assert.deepEqual(idsOf([{ name: '0.jsonl', content: tombstone }, ...file(line('a'), line('b'))]), ['b']);
});
