/** Model definitions found by their looks: each source with the definitions expected in it. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { outline } from '../../src/editor/outline';

const cases: readonly (readonly [name: string, source: string, expected: readonly string[]])[] = [
  ['a module', 'class Net(nn.Module):\n    pass\n', ['1 class Net']],
  ['a plain class', 'class Reader:\n    pass\nclass Data(Dataset):\n    pass\n', []],
  ['a class of the same file', 'class A(Module):\n    pass\n\n\nclass B(A):\n    pass\n', ['1 class A', '5 class B']],
  ['bases on lines of their own', 'class Net(\n    Mixin,  # first\n    nn.Module,\n):\n    pass\n', ['1 class Net']],
  ['a keyword is no base', 'class Net(metaclass=Module):\n    pass\n', []],
  ['type parameters', 'class Net[T](nn.Module):\n    pass\n', ['1 class Net']],
  ['generic bases', 'class Net(Base[int], PreTrainedModel):\n    pass\n', ['1 class Net']],
  ['data models', 'class Row(BaseModel):\n    pass\n', []],
  ['an example in a docstring', '"""\nclass Net(nn.Module):\n"""\nclass Real(nn.Module):\n    pass\n', ['4 class Real']],
  ['an inner class', 'def f():\n    class Net(nn.Module):\n        pass\n', []],
  ['an annotated builder', 'class Net(nn.Module):\n    pass\ndef net(*, wide: bool = False) -> Net:\n    return build()\n', ['1 class Net', '3 function net']],
  ['a builder that returns a call', 'class Net(nn.Module):\n    pass\ndef net():\n    return Net(3)\n', ['1 class Net', '3 function net']],
  ['a builder with a variable', 'class Net(nn.Module):\n    pass\ndef net():\n    model = Net(3)\n    load(model)\n    return model\n', ['1 class Net', '3 function net']],
  ['a function that returns something else', 'class Net(nn.Module):\n    pass\ndef size(m: Net) -> int:\n    return count(m)\ndef data():\n    return Loader()\n', ['1 class Net']],
  ['an annotation over several lines', 'class Net(nn.Module):\n    pass\ndef net(\n    a: int = 1,\n) -> Net:\n    pass\n', ['1 class Net', '3 function net']],
  ['carriage returns', 'import x\r\nclass Net(nn.Module):\r\n    pass\r\n', ['2 class Net']],
  ['nothing closed', 'class Net(nn.Module', []],
  ['an open string', 'class Net(nn.Module):\n    """\n', ['1 class Net']],
]; // prettier-ignore

for (const [name, source, expected] of cases)
  test(name, () =>
    assert.deepEqual(
      outline(source).map(({ line, kind, name: found }) => `${line} ${kind} ${found}`),
      expected,
    ),
  );

test('the sample workspace', () => {
  const names = (path: string): string[] => outline(readFileSync(path, 'utf8')).map(({ name }) => name);
  assert.deepEqual(names('test/sample/land_cover/unet.py'), ['DoubleConv', 'Up', 'LandCoverUNet']);
  assert.ok(names('test/sample/satellite/resnet.py').length >= 2);
});

test('a large file takes no time', () => {
  const source = 'class Net(nn.Module):\n    def forward(self, x):\n        return (x + 1\n'.repeat(20_000);
  const began = performance.now();
  assert.equal(outline(source).length, 20_000);
  assert.ok(performance.now() - began < 1500);
});
