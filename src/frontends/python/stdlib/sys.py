# The interpreter itself: a Python 3.11 on Linux without a command line.
from collections import namedtuple
from _native import from_machine, has_module, load_module, loaded_module

version = '3.11.0'
version_info = namedtuple('version_info', 'major minor micro releaselevel serial')(3, 11, 0, 'final', 0)
hexversion = 0x030B00F0
maxsize = 9223372036854775807
maxunicode = 1114111
platform = 'linux'
byteorder = 'little'
argv = ['']
path = []
warnoptions = []
dont_write_bytecode = False


class _Stream:
    encoding = 'utf-8'

    def write(self, text):
        return len(text)

    def flush(self):
        pass

    def isatty(self):
        return False


stdout = _Stream()
stderr = _Stream()
__stdout__ = stdout
__stderr__ = stderr


class _Modules:
    def __init__(self):
        self._own = {}

    def __getitem__(self, name):
        if name in self._own:
            return self._own[name]
        found = loaded_module(name)
        return load_module(name) if found is None else found

    def __setitem__(self, name, module):
        self._own[name] = module

    def __contains__(self, name):
        if name in self._own or loaded_module(name) is not None:
            return True
        return from_machine('sys.modules') if has_module(name) else False

    # Which modules there are depends on what else the program has imported.
    def __iter__(self):
        return iter(from_machine('sys.modules'))

    def get(self, name, default=None):
        return self[name] if name in self else default

    def pop(self, name, default=None):
        return self._own.pop(name, default)


modules = _Modules()


def exit(code=None):
    raise SystemExit(code)


def getrecursionlimit():
    return 1000


def setrecursionlimit(limit):
    pass


def intern(text):
    return text


def exc_info():
    return from_machine('sys.exc_info()')


def getsizeof(value, default=0):
    return from_machine('sys.getsizeof()')
