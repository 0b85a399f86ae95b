/**
 * Hides one expression or statement of an exact model from the reader at a time. It must then either say that the model
 * is incomplete, with totals that the full model does not fall below, or still be right: whatever the hidden thing is.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { test } from 'node:test';
import { render } from '../../../src/base/text';
import type { World } from '../../../src/frontends/frontend';
import { nodeWorld } from '../../../src/services/ports/world';
import references from '../../fixtures/torch/reference.json';
import { mutationsOf } from '../../support/mutations';
import type { Mutation } from '../../support/mutations';
import type { Counts, Reference } from '../../support/torchModels';
import { countsOf, readPython } from '../../support/torchModels';

const FOLDER = 'test/fixtures/torch';
const SEED = 20261125;
/** Of each model; `MODELWATT_MUTATIONS=1000` takes more. */
const EACH = Number(process.env['MODELWATT_MUTATIONS'] ?? 10);

interface Model {
  readonly path: string;
  readonly name: string;
  readonly inputs: readonly string[];
}

const fixtures: Readonly<Record<string, Reference>> = references.fixtures;
const samples: Readonly<Record<string, Readonly<Record<string, Reference>>>> = references.samples;
const models: readonly Model[] = [
  ...Object.entries(fixtures).map(([file, { inputs }]) => {
    const path = join(FOLDER, file);
    return { path, name: /^class Net\b/m.test(readFileSync(path, 'utf8')) ? 'Net' : 'net', inputs };
  }),
  ...Object.entries(samples).flatMap(([file, named]) =>
    Object.entries(named).map(([name, { inputs }]) => ({ path: join('test/sample', file), name, inputs })),
  ),
];

for (const model of models)
  test(`${basename(model.path)} ${model.name}: what is hidden is missed or does not matter`, async () => {
    const source = readFileSync(model.path, 'utf8').replaceAll('\r\n', '\n');
    const whole = await read(model, source);
    assert.ok(whole.counts !== undefined && whole.complete, 'the model itself is read to the end');
    const wrong: string[] = [];
    for (const mutation of chosen(mutationsOf(source), model.path + model.name)) {
      const said = await unsound(model, mutation, whole.counts);
      if (said !== undefined) wrong.push(`line ${mutation.line}, ${mutation.kind} of "${mutation.of}": ${said}`);
    }
    assert.deepEqual(wrong, []);
  });

/** What is wrong with the claim, if anything is. */
async function unsound(model: Model, mutation: Mutation, whole: Counts): Promise<string | undefined> {
  const hidden = await read(model, mutation.text);
  if (hidden.counts === undefined) return undefined;
  // Parameters are no lower bound here: unknown code may have put something smaller in a module's place.
  if (!hidden.complete)
    return mutation.kind === 'unknown-call' && hidden.counts.macs > whole.macs
      ? `incomplete, but ${hidden.counts.macs} MACs are more than ${whole.macs}`
      : undefined;
  if (mutation.kind !== 'unknown-value' && !same(hidden.counts, whole))
    return `complete, but ${show(hidden.counts)} instead of ${show(whole)}`;
  for (const alternative of mutation.alternatives) {
    const other = await read(model, alternative);
    if (other.counts !== undefined && other.complete && !same(other.counts, hidden.counts))
      return `complete, but something else there gives ${show(other.counts)} instead of ${show(hidden.counts)}`;
  }
  return undefined;
}

async function read(model: Model, source: string): Promise<{ counts: Counts | undefined; complete: boolean }> {
  const path = resolve(model.path);
  const world: World = {
    ...nodeWorld,
    readText: asked => (resolve(asked) === path ? Promise.resolve(source) : nodeWorld.readText(asked)),
  };
  try {
    const { models: found } = await readPython({ path, model: model.name, inputs: model.inputs }, world);
    const one = found.find(({ name }) => name === model.name);
    const faults = one?.graph?.gaps
      .filter(({ code }) => code === 'reader-failure')
      .map(({ message }) => render(message));
    assert.deepEqual(faults ?? [], []);
    const counts = one?.graph === undefined ? undefined : countsOf(one.graph);
    return { counts, complete: one?.status === 'ok' };
  } catch (error) {
    // The mutation took the model's own name away.
    if ((error as { code?: string }).code === 'unknown-model') return { counts: undefined, complete: false };
    throw error;
  }
}

const same = (a: Counts, b: Counts): boolean => show(a) === show(b);
const show = ({ parameters, trainableParameters, bufferElements, macs, outputs }: Counts): string =>
  JSON.stringify({ parameters, trainableParameters, bufferElements, macs, outputs });

/** Some of each file, others in every file; always the same ones. */
function chosen(all: readonly Mutation[], salt: string): readonly Mutation[] {
  if (all.length <= EACH) return all;
  let state = Array.from(salt).reduce((sum, letter) => (Math.imul(sum, 31) + letter.charCodeAt(0)) | 0, SEED) >>> 0;
  const left = [...all];
  return Array.from({ length: EACH }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return left.splice(Math.floor((state / 2 ** 32) * left.length), 1);
  }).flat();
}
