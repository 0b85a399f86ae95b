/**
 * The parts of the standard library that model code touches: some in plain Python of our own, some in TypeScript. What
 * else the standard library has is not known, but cannot hold a tensor or a module.
 */
import { text } from '../../../base/text';
import { moduleFromSource } from '../imports';
import type { Interpreter } from '../interpreter';
import { PyModule } from '../module';
import { parsePython } from '../syntax';
import type { Parsed } from '../syntax';
import type { Value } from '../values';
import { dictClass, PyAnything, Unknown } from '../values';
import abstract from './abstract.py';
import argparse from './argparse.py';
import ast from './ast.py';
import autoDocstring from './auto_docstring.py';
import collections from './collections.py';
import contextlib from './contextlib.py';
import contextvars from './contextvars.py';
import { copyNames } from './copying';
import dataclasses from './dataclasses.py';
import enums from './enum.py';
import functools from './functools.py';
import huggingfaceHub from './huggingface_hub.py';
import huggingfaceConstants from './huggingface_hub_constants.py';
import huggingfaceDataclasses from './huggingface_hub_dataclasses.py';
import importlib from './importlib.py';
import importlibMetadata from './importlib_metadata.py';
import importlibUtil from './importlib_util.py';
import inspect from './inspect.py';
import itertools from './itertools.py';
import json from './json.py';
import logging from './logging.py';
import { mathNames } from './math';
import { nativeNames } from './native';
import { numpyNames } from './numpy';
import operator from './operator.py';
import os from './os.py';
import pathlib from './pathlib.py';
import { patternNames } from './patterns';
import platform from './platform.py';
import posixpath from './posixpath.py';
import sys from './sys.py';
import threading from './threading.py';
import types from './types.py';
import { native } from '../functions';
import { annotationsOf } from './hints';
import { abcNames, typingName } from './typing';
import version from './version.py';
import warnings from './warnings.py';
import weakref from './weakref.py';

/** Written in Python. What a part that is not whole lacks is not known. */
const WHOLE: ReadonlyMap<string, string> = new Map([
  ['_abstract', abstract], ['collections', collections], ['contextlib', contextlib], ['dataclasses', dataclasses], ['enum', enums],
  ['functools', functools], ['itertools', itertools], ['operator', operator], ['types', types],
  ['warnings', warnings], ['weakref', weakref],
]); // prettier-ignore
const PARTS: ReadonlyMap<string, string> = new Map([
  ['argparse', argparse], ['contextvars', contextvars], ['ast', ast], ['huggingface_hub', huggingfaceHub], ['importlib', importlib],
  ['importlib.util', importlibUtil], ['inspect', inspect], ['json', json], ['logging', logging], ['os', os], ['os.path', posixpath],
  ['packaging.version', version], ['pathlib', pathlib], ['pkg_resources', version], ['distutils.version', version],
  ['platform', platform], ['posixpath', posixpath], ['sys', sys], ['threading', threading],
  ['importlib_util', importlibUtil], ['importlib.metadata', importlibMetadata], ['importlib_metadata', importlibMetadata],
  ['huggingface_hub.dataclasses', huggingfaceDataclasses], ['huggingface_hub.constants', huggingfaceConstants], ['transformers.utils.auto_docstring', autoDocstring],
]); // prettier-ignore

/** Modules whose names are all given here. */
const NAMES: Readonly<Record<string, (interp: Interpreter) => ReadonlyMap<string, Value>>> = {
  _native: nativeNames,
  math: mathNames,
  copy: copyNames,
  re: patternNames,
  abc: abcNames,
  numpy: numpyNames,
  string: () =>
    new Map([
      ['ascii_lowercase', 'abcdefghijklmnopqrstuvwxyz'],
      ['ascii_uppercase', 'ABCDEFGHIJKLMNOPQRSTUVWXYZ'],
      ['ascii_letters', 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ'],
      ['digits', '0123456789'],
      ['hexdigits', '0123456789abcdefABCDEF'],
      ['punctuation', '!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~'],
      ['whitespace', ' \t\n\r\v\f'],
    ]),
  numbers: () =>
    new Map(['Number', 'Real', 'Integral', 'Complex', 'Rational'].map(name => [name, new PyAnything(name)])),
};

/** Modules that only describe types. */
const TYPING = new Set(['typing', 'typing_extensions', 'collections.abc', '_typeshed', '__future__', 'jaxtyping']);

/** Known to exist; nothing of them is modelled. */
const OPAQUE = new Set(
  ('os sys time random json logging pathlib datetime argparse glob shutil subprocess tempfile hashlib pickle struct ' +
    'threading multiprocessing socket urllib zipfile tarfile csv io traceback gc platform uuid getpass textwrap pprint ' +
    'statistics fractions decimal heapq bisect weakref importlib string queue signal select ssl http html xml sqlite3 ' +
    'gzip bz2 lzma base64 binascii codecs locale gettext configparser secrets hmac ctypes array mmap errno atexit ' +
    'concurrent asyncio unittest doctest pdb profile cProfile timeit trace sysconfig builtins code codeop zipimport ' +
    'pkgutil runpy ast symtable token keyword tokenize dis pickletools numpy tqdm matplotlib pandas scipy.io PIL cv2 ' +
    'wandb tensorboard tensorboardX yaml packaging distutils huggingface_hub requests filelock psutil fsspec boto3 ' +
    'termcolor colorama rich click joblib h5py imageio prettytable tabulate seaborn scipy skimage sklearn'
  ).split(' '),
); // prettier-ignore

/** Modules that are never looked for in files. */
export const isStandard = (name: string): boolean =>
  WHOLE.has(name) || PARTS.has(name) || TYPING.has(name) || Object.hasOwn(NAMES, name) || OPAQUE.has(name.split('.')[0] ?? name); // prettier-ignore

/** Of a library: stands for the module's own text, which writes text about code rather than compute. */
export const isRendered = (name: string): boolean => PARTS.has(name);

const parsed = new Map<string, Parsed>();

export function stdlibModule(interp: Interpreter, name: string): PyModule | undefined {
  const source = WHOLE.get(name) ?? PARTS.get(name);
  if (source !== undefined) {
    let tree = parsed.get(name);
    if (tree === undefined) parsed.set(name, (tree = parsePython(source)));
    const written = moduleFromSource(interp, new PyModule(name, true, '', true), `${name}.py`, tree);
    if (PARTS.has(name)) written.missing = notModelled(interp, name);
    return written;
  }
  const [top = name] = name.split('.');
  if (TYPING.has(name)) return typing(interp, name);
  const names = NAMES[name];
  if (names === undefined && !OPAQUE.has(top)) return undefined;
  const module = new PyModule(name, true, '', true);
  for (const [key, value] of names?.(interp) ?? []) module.globals.set(key, value);
  if (OPAQUE.has(top) || names === undefined || name === 're') module.missing = notModelled(interp, name);
  return module;
}

const notModelled = (interp: Interpreter, name: string): Unknown =>
  new Unknown(text('the module "{0}" is not modelled', name), 'unknown-import', interp.here(), true);

/** Names of `typing` that make something when they are called. */
const CALLABLE: ReadonlyMap<string, string> = new Map([
  ['OrderedDict', 'OrderedDict'], ['DefaultDict', 'defaultdict'], ['Counter', 'Counter'], ['Deque', 'deque'],
  ['ChainMap', 'ChainMap'], ['NamedTuple', 'NamedTuple'],
]); // prettier-ignore

const typeHints = native('get_type_hints', 'obj, globalns=None, localns=None, include_extras=False', (interp, [cls = null]) => annotationsOf(interp, cls, true)); // prettier-ignore

/** Everything that can be asked of it is a type, save a few that do something. */
function typing(interp: Interpreter, name: string): PyModule {
  const module = new PyModule(name, true, '', true);
  module.fallback = wanted => {
    if (wanted === 'TypedDict') return dictClass;
    if (wanted === 'get_type_hints') return typeHints;
    if (CALLABLE.has(wanted)) return interp.host.load(interp, 'collections')?.lookup(CALLABLE.get(wanted) ?? wanted);
    return wanted === 'TYPE_CHECKING' ? false : typingName(wanted);
  };
  return module;
}
