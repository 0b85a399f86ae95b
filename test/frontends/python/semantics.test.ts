/** Python's own answers: each line of the fixture holds in CPython, which runs it, and here. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { Raised } from '../../../src/frontends/python/interpreter';
import { Loader } from '../../../src/frontends/python/loader';
import type { Value } from '../../../src/frontends/python/values';
import { Unknown } from '../../../src/frontends/python/values';
import { Session } from '../../../src/frontends/torch/session';

const LINES = readFileSync('test/fixtures/python/semantics.py', 'utf8').split('\n');
const IMPORTS = LINES.filter(line => line.startsWith('import ')).join('\n');

for (const line of LINES) {
  const [, expression, answer] = /^assert repr\(\((.*)\)\) == (.*)$/.exec(line) ?? [];
  if (expression === undefined) continue;
  test(`Python: ${expression}`, () => {
    const source = `${IMPORTS}\nfound = repr((${expression}))\nwanted = ${answer}`;
    const loader = new Loader(new Map([['net.py', source]]), []);
    const main = loader.main(new Session(loader).interp, 'net.py');
    assert.equal(shown(main.lookup.bind(main, 'found')), shown(main.lookup.bind(main, 'wanted')));
  });
}

function shown(read: () => Value | undefined): unknown {
  try {
    const value = read();
    return value instanceof Unknown ? 'unknown' : value;
  } catch (error) {
    if (error instanceof Raised) return 'an exception';
    throw error;
  }
}
