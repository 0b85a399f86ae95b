/** The front end for Python files with PyTorch models. Loads files as the interpreter asks for them. */
import type { Gap } from '../../base/findings';
import { InputError } from '../../base/findings';
import { text } from '../../base/text';
import { MAX_CARRIED_ELEMENTS } from '../../ops/apply';
import type { FileRead, Frontend, Live, ReadRequest, World } from '../frontend';
import { loadValue } from '../input';
import { ancestorsOf } from '../python/loader';
import { isNotebook, pythonOfNotebook } from '../python/notebook';
import { spanIn } from '../python/places';
import type { Parsed } from '../python/syntax';
import type { GivenInput } from './inputs';
import { Memory } from './memory';
import { Reading } from './reading';

export const pythonFrontend: Frontend = {
  id: 'python',
  sniff: path => /\.pyi?$/i.test(path) || isNotebook(path),
  read,
};

async function read(request: ReadRequest, world: World, live?: Live): Promise<FileRead> {
  const path = request.path.replaceAll('\\', '/');
  const stored = await world.readText(request.path);
  if (stored === undefined)
    throw new InputError('missing-file', text('there is no file "{0}"', request.path), text('check the path'));
  const source = isNotebook(path) ? pythonOfNotebook(request.path, stored) : stored;
  const inputs = await Promise.all(request.inputs.map(spec => given(spec, world)));
  const roots = [...new Set([...ancestorsOf(path), ...(request.searchPath ?? []).map(folder => folder.replaceAll('\\', '/').replace(/(.)\/$/, '$1'))])]; // prettier-ignore
  const memory = live?.memories.of(`${path}\n${roots.join('\n')}`, () => new Memory(path)) ?? new Memory(path);
  await memory.refresh(world);
  const parsed = memory.parse(source);
  const gaps = syntaxGaps(path, parsed);
  if (live?.skipsBroken === true && gaps.length > 0) return { models: [], gaps };
  const reading = new Reading({ request, path, roots, inputs, parsed, memory, world, live });
  return { models: await reading.models(), gaps };
}

async function given(spec: GivenInput['spec'], world: World): Promise<GivenInput> {
  const data = await loadValue(spec, world.readText, MAX_CARRIED_ELEMENTS);
  return { spec, ...(data && { data }) };
}

const syntaxGaps = (path: string, { text: source, module }: Parsed): Gap[] =>
  module.errors.map(({ start, end }) => ({
    code: 'syntax-error',
    message: text('the text could not be parsed here'),
    at: spanIn(path, source, start, end),
  }));
