// Reporter for node:test: says only what failed, and ends with the counts. `--test-reporter=./.ci/reporter.mjs`.
// With UNIT_RESULTS set, the counts and failures also go to that file as JSON.
import { writeFileSync } from 'node:fs';
import { relative } from 'node:path';
import { inspect } from 'node:util';

export default async function* report(events) {
  const began = performance.now();
  const parents = [];
  const failures = [];
  const notes = [];
  let passed = 0;
  let skipped = 0;
  for await (const { type, data } of events) {
    if (type === 'test:start') {
      parents.length = data.nesting;
      parents[data.nesting] = data.name;
    } else if (type === 'test:pass' && data.details?.type !== 'suite') {
      if (data.skip !== undefined || data.todo !== undefined) skipped++;
      else passed++;
    } else if (type === 'test:fail') {
      // A suite or parent that fails only because of its children has said nothing new.
      if (data.details?.error?.failureType === 'subtestsFailed') continue;
      const name = fullName(data, parents);
      const said = describe(data.details?.error);
      failures.push({ name, said });
      yield `\n✖ ${name}\n${indent(said)}\n`;
    } else if (type === 'test:stderr' || type === 'test:stdout') {
      // Output of the runner's children; Node's own notices about source maps or experiments are no news.
      if (!/ExperimentalWarning|--trace-warnings/.test(data.message)) notes.push(data.message);
    }
  }
  if (failures.length > 0 && notes.length > 0) yield `\n--- output ---\n${notes.join('').slice(-8000)}\n`;
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  yield `${failures.length ? '\n' : ''}${passed} passed, ${failures.length} failed${skipped ? `, ${skipped} skipped` : ''} (${seconds} s)\n`;
  if (process.env.UNIT_RESULTS)
    writeFileSync(process.env.UNIT_RESULTS, JSON.stringify({ passed, failed: failures.length, skipped, failures }));
}

const sourceOf = file =>
  file &&
  relative(process.cwd(), file)
    .replace(/^out\/test\/[^/]+\//, '')
    .replace(/\.mjs$/, '.ts');

function fullName(data, parents) {
  const names = [...parents.slice(0, data.nesting), data.name].map(name =>
    /\.mjs$/.test(name) ? sourceOf(name) : name,
  );
  const file = sourceOf(data.file);
  return [...(file && !names.includes(file) ? [file] : []), ...names].join(' › ');
}

function describe(error) {
  const cause = error?.cause ?? error;
  if (cause === undefined) return 'failed without an error';
  if (typeof cause === 'string') return cause;
  if (typeof cause !== 'object' || cause === null) return inspect(cause);
  const stack = String(cause.stack ?? '');
  const kind = /^(Error|AssertionError)$/.test(cause.name ?? 'Error') ? '' : `${cause.name}: `;
  const message = kind + (cause.message ?? inspect(cause));
  const frames = stack
    .split('\n')
    .filter(line => /^\s+at /.test(line) && !/node:|node_modules/.test(line))
    .slice(0, 6);
  const code = cause.code === undefined || /^ERR_(ASSERTION|TEST_FAILURE)$/.test(cause.code) ? '' : ` [${cause.code}]`;
  const values =
    cause.code === 'ERR_ASSERTION' && cause.generatedMessage === false
      ? `\nactual:   ${inspect(cause.actual, { depth: 6 })}\nexpected: ${inspect(cause.expected, { depth: 6 })}`
      : '';
  return [`${message}${code}${values}`, ...frames].join('\n');
}

const indent = said =>
  said
    .split('\n')
    .map(line => `  ${line}`)
    .join('\n');
