/** What a class or builder is called with where nobody says so: as its comment has it, or a call in the same file. */
import { text } from '../../base/text';
import type { ModelArguments } from '../frontend';
import type { Call, Definition, FunctionDefinition } from '../python/ast';
import { lostAmong } from '../python/builtins/types';
import { evaluateArguments } from '../python/calls';
import type { Interpreter } from '../python/interpreter';
import type { PyModule } from '../python/module';
import { spanIn } from '../python/places';
import { parseExpression } from '../python/syntax';
import type { Arguments } from '../python/values';
import { PyClass, PyTuple, Unknown } from '../python/values';
import type { FoundModel } from './models';
import type { Assigned } from './scopes';
import { assignments, blocks, callsIn, evaluateIn } from './scopes';
import { noted } from './notes';
import { settingsOf } from './settings';

export interface FoundArguments extends ModelArguments {
  readonly values: Arguments;
}

export function findArguments(interp: Interpreter, main: PyModule, found: FoundModel): FoundArguments | undefined {
  const names = [found.name];
  noted(main, 'comment', names);
  noted(main, 'calls', names);
  const args =
    fromComment(interp, main, found) ?? fromCall(interp, main, found) ?? fromConfiguration(interp, main, found);
  // The sentence that says where they are from has the line in it.
  if (args !== undefined && args.basis !== 'configuration')
    noted(main, args.basis === 'comment' ? 'comment-line' : 'calls-lines', names);
  return args;
}

/** A comment that cannot be evaluated answers nothing: the arguments stay needed. */
function fromComment(interp: Interpreter, main: PyModule, { node }: FoundModel): FoundArguments | undefined {
  const [comment] = settingsOf(main, node, 'args');
  const call = comment === undefined ? undefined : parseExpression(`f(${comment.value}\n)`);
  if (comment === undefined || call?.kind !== 'call') return undefined;
  const values = known(interp, main, new Map(), call);
  const source = text('the comment in line {0}', comment.line);
  return values && { written: comment.value, basis: 'comment', source, values };
}

/** The first call by name, outside of classes, all of whose arguments are known where it stands. */
function fromCall(interp: Interpreter, main: PyModule, { name, node }: FoundModel): FoundArguments | undefined {
  const { source } = main;
  if (source === undefined) return undefined;
  const { file, parsed } = source;
  for (const block of blocks(parsed.module.statements)) {
    const made = assignments(block);
    for (const call of callsIn(block)) {
      if (call.callee.kind !== 'name' || call.callee.id !== name || call.args.length === 0) continue;
      if (call.start >= node.start && call.end <= node.end) continue;
      const values = known(interp, main, made, call);
      if (values === undefined) continue;
      const first = call.args[0]?.start ?? call.end;
      const written = parsed.text.slice(first, call.args.at(-1)?.end ?? first).replace(/\s+/g, ' ');
      const { line } = spanIn(file, parsed.text, call.start, call.end);
      return { written, basis: 'call', source: text('the call in line {0}', line), values };
    }
  }
  return undefined;
}

const CONFIGURED = /^(?:config|cfg|conf|configs|configuration|args|hparams|params|opts?|options|settings)$/;

/**
 * A single argument that is a configuration: what its annotation names, or the class or value that such a thing is
 * called in the file, where it can be made without arguments.
 */
function fromConfiguration(
  interp: Interpreter,
  main: PyModule,
  { name, node, required }: FoundModel,
): FoundArguments | undefined {
  // prettier-ignore
  const [wanted] = required;
  if (wanted === undefined || required.length > 1) return undefined;
  const annotation = annotationOf(node, wanted);
  if (annotation === undefined && !CONFIGURED.test(wanted)) return undefined;
  const classes = annotation === undefined ? [`${name}Config`, `${name}Args`, 'ModelConfig', 'ModelArgs', 'Config'] : [annotation]; // prettier-ignore
  const values = [wanted, wanted.toUpperCase(), `DEFAULT_${wanted.toUpperCase()}`, 'CONFIG'];
  for (const written of [...classes.map(cls => `${cls}()`), ...(CONFIGURED.test(wanted) ? values : [])]) {
    const made = written.replace('()', '');
    const value = main.lookup(made);
    if (value === undefined || (written.endsWith('()') && !(value instanceof PyClass && value.module === main.name))) continue; // prettier-ignore
    const call = parseExpression(`f(${wanted}=${written}\n)`);
    const given = call?.kind === 'call' ? known(interp, main, new Map(), call) : undefined;
    if (given !== undefined)
      return { written: `${wanted}=${written}`, basis: 'configuration', source: text('"{0}" in the file', made), values: given }; // prettier-ignore
  }
  return undefined;
}

/** The plain name that annotates a parameter of the constructor or builder. */
function annotationOf(node: Definition, parameter: string): string | undefined {
  const init = node.kind === 'def' ? node : node.body.statements.find((one): one is FunctionDefinition => one.kind === 'def' && one.name === '__init__'); // prettier-ignore
  const annotation = init?.parameters.find(one => one.name === parameter)?.annotation;
  return annotation?.kind === 'name' ? annotation.id : annotation?.kind === 'string' ? annotation.value : undefined;
}

/** The arguments of a call, if all of them are known. */
function known(interp: Interpreter, main: PyModule, made: Assigned, { args }: Call): Arguments | undefined {
  let values: Arguments | undefined;
  evaluateIn(interp, main, made, frame => {
    const given = evaluateArguments(interp, args, frame);
    if (!(given instanceof Unknown) && lostAmong(allOf(given)) === undefined) values = given;
    return null;
  });
  return values;
}

const allOf = (args: Arguments): readonly PyTuple[] => [
  new PyTuple(args.positional),
  new PyTuple([...(args.keywords?.values() ?? [])]),
];
