/**
 * Nothing becomes known by passing through a function: what a built-in function, a method or a module of the standard
 * library makes of a value of which nothing is known is not known either. The few answers that are certain are named.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Raised } from '../../../src/frontends/python/interpreter';
import { Loader } from '../../../src/frontends/python/loader';
import type { Value } from '../../../src/frontends/python/values';
import { PyDict, PyList, PyObject, PySet, PyTuple, Unknown } from '../../../src/frontends/python/values';
import { Session } from '../../../src/frontends/torch/session';

const HEAD = [
  'import mystery_kernels',
  'import math, operator, itertools, functools, collections, copy, re',
  'import numpy as np',
  'u = mystery_kernels.value',
];

/** The value of each expression over `u`, of which nothing is known; undefined where an exception is raised. */
function evaluate(expressions: readonly string[]): (Value | undefined)[] {
  const source = [...HEAD, ...expressions.map((expression, index) => `r${index} = ${expression}`)].join('\n');
  const loader = new Loader(new Map([['net.py', source]]), []);
  const session = new Session(loader);
  const main = loader.main(session.interp, 'net.py');
  return expressions.map((_, index) => {
    try {
      return main.lookup(`r${index}`) ?? null;
    } catch (error) {
      if (error instanceof Raised) return undefined;
      throw error;
    }
  });
}

/** Whether a value says that it, or something in it, is not known. */
function admits(value: Value | undefined, depth = 0): boolean {
  if (value === undefined || value instanceof Unknown) return true;
  if (!(value instanceof PyObject) || depth > 3) return false;
  if ((value instanceof PyList || value instanceof PyDict || value instanceof PySet) && value.tainted !== undefined)
    return true;
  if (value instanceof PyList || value instanceof PyTuple) return value.items.some(item => admits(item, depth + 1));
  if (value instanceof PyDict) return [...value.values.values()].some(item => admits(item, depth + 1));
  return value.dict !== undefined && [...value.dict.values.values()].some(item => admits(item, depth + 1));
}

const FUNCTIONS: Readonly<Record<string, string>> = {
  '': 'abs all any bin bool bytes chr complex dict divmod filter float format frozenset getattr hasattr hash hex int isinstance issubclass len list max min next oct ord pow range repr round set sorted str sum tuple',
  'math.':
    'ceil floor sqrt log log2 log10 exp pow prod gcd lcm fabs trunc isclose isnan isinf comb perm hypot sin cos tan atan2 degrees radians copysign fmod fsum',
  'np.': 'array asarray linspace arange zeros ones prod sum cumsum max min sqrt exp log ceil floor power abs',
  'operator.': 'add sub mul floordiv eq lt contains getitem',
  '"a,b".': 'split join replace startswith endswith format find count strip partition zfill rjust index removeprefix',
  '[3, 1].': 'index count __contains__ __getitem__ __add__ __mul__',
  '(3, 1).': 'index count __contains__ __getitem__ __add__',
  '{"a": 1}.': 'get __getitem__ __contains__ setdefault',
  '{1, 2}.': 'union intersection difference issubset __contains__',
  'np.array([1, 2]).': 'sum prod max min astype reshape',
};

/** Certain, whatever is not known: a list is not empty, a number is no list, a type says nothing about zeros. */
const CERTAIN =
  /^(any\(\[1, u\]\)|(bool|len)\(\[.*\]\)|(str|np\.(zeros|ones|array))\(2,.*\)|[[(]3, 1[\])]\.(count|__contains__)\(\[.*\)|\{.*\}\.(get|setdefault|__contains__)\(\[.*\))$/;

const GIVEN = ['u', 'u, 2', '2, u', '[u]', '[1, u]', '2, 3, u'];

for (const [prefix, names] of Object.entries(FUNCTIONS))
  for (const name of names.split(' '))
    test(`${prefix}${name} of something not known`, () => {
      const expressions = GIVEN.map(given => `${prefix}${name}(${given})`);
      const answers = evaluate(expressions);
      const certain = expressions.filter((expression, index) => !CERTAIN.test(expression) && !admits(answers[index]));
      assert.deepEqual(certain, []);
    });
