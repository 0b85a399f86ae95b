/** Where the arguments that a user gave are written, and what is taken for arguments. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { argumentsComment, isArguments } from '../../src/editor/argumentsComment';

const places: readonly (readonly [name: string, before: string, line: number, after: string])[] = [
  ['above a class', 'class Net(nn.Module):', 1, '# modelwatt: args=(w=2)\nclass Net(nn.Module):'],
  ['as deep as the definition', 'if x:\n    def net(w):', 2, 'if x:\n    # modelwatt: args=(w=2)\n    def net(w):'],
  ['below a decorator', '@register\nclass Net:', 2, '@register\n# modelwatt: args=(w=2)\nclass Net:'],
  [
    'behind settings that stand there',
    '# modelwatt: input=float32[1,3]  \nclass Net:',
    2,
    '# modelwatt: input=float32[1,3] args=(w=2)\nclass Net:',
  ],
  [
    'in place of arguments that did not do',
    '# modelwatt: args=(w=(1, f(2))) input=float32[1,3]\nclass Net:',
    2,
    '# modelwatt: input=float32[1,3] args=(w=2)\nclass Net:',
  ],
];
for (const [name, before, line, after] of places)
  test(`a comment with arguments stands ${name}`, () => {
    const lines = before.split('\n');
    const edit = argumentsComment(lines, line, ' w=2 ');
    lines.splice(edit.line - 1, edit.isNew ? 0 : 1, edit.text);
    assert.equal(lines.join('\n'), after);
  });

const written: readonly (readonly [text: string, taken: boolean])[] = [
  ['3, 64', true],
  ['block=BasicBlock, layers=[2, 2]', true],
  ['shape=tuple((1, 2))', true],
  ['', false],
  ['  ', false],
  ['width=', false],
  ['a=, b=2', false],
  ['f(', false],
  ['a)', false],
  ['a\nb', false],
];
for (const [text, taken] of written)
  test(`${JSON.stringify(text)} is ${taken ? '' : 'not '}taken for arguments`, () =>
    assert.equal(isArguments(text), taken));
