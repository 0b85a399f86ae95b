# The operating system. The environment counts as unset, the file system is not looked at.
import posixpath as path
from _native import from_machine

name = 'posix'
sep = '/'
altsep = None
extsep = '.'
pathsep = ':'
linesep = '\n'
curdir = '.'
pardir = '..'
devnull = '/dev/null'
error = OSError


class _Environment(dict):
    def __missing__(self, key):
        # Who reads a variable without a default counts on its being set, to what is not known.
        return from_machine(f'os.environ[{key!r}]')

    def copy(self):
        return dict(self)


environ = _Environment()
environb = _Environment()


def getenv(key, default=None):
    return environ.get(key, default)


def putenv(key, value):
    environ[key] = value


def unsetenv(key):
    environ.pop(key, None)


class PathLike:
    pass


def fspath(path):
    return path if isinstance(path, str) else path.__fspath__()


def makedirs(name, mode=511, exist_ok=False):
    pass


def mkdir(path, mode=511):
    pass


def chdir(path):
    pass


def remove(path):
    pass


unlink = removedirs = rmdir = remove


def rename(src, dst):
    pass


replace = rename


def getcwd():
    return from_machine('os.getcwd()')


def cpu_count():
    return from_machine('os.cpu_count()')


def listdir(path='.'):
    return from_machine('os.listdir()')


scandir = walk = listdir
