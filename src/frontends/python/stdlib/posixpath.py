# Paths as texts; what the file system holds is not looked at.
from _native import from_machine

sep = '/'
altsep = None
extsep = '.'
pathsep = ':'
curdir = '.'
pardir = '..'


def _text(path):
    return path if isinstance(path, str) else path.__fspath__()


def join(path, *more):
    joined = _text(path)
    for part in more:
        part = _text(part)
        if part.startswith('/') or joined == '':
            joined = part
        elif joined.endswith('/'):
            joined += part
        else:
            joined += '/' + part
    return joined


def split(path):
    path = _text(path)
    at = path.rfind('/') + 1
    head = path[:at]
    if head.strip('/'):
        head = head.rstrip('/')
    return head, path[at:]


def basename(path):
    return split(path)[1]


def dirname(path):
    return split(path)[0]


def splitext(path):
    path = _text(path)
    name = basename(path)
    bare = name.lstrip('.')
    if '.' not in bare:
        return path, ''
    extension = '.' + bare.split('.')[-1]
    return path[:len(path) - len(extension)], extension


def isabs(path):
    return _text(path).startswith('/')


def normpath(path):
    path = _text(path)
    kept = []
    for part in path.split('/'):
        if part in ('', '.'):
            continue
        if part == '..' and kept and kept[-1] != '..':
            kept.pop()
        elif part != '..' or not path.startswith('/'):
            kept.append(part)
    return ('/' if path.startswith('/') else '') + '/'.join(kept) or '.'


def abspath(path):
    return normpath(path) if isabs(path) else from_machine('os.path.abspath()')


def realpath(path):
    return normpath(path) if isabs(path) else from_machine('os.path.realpath()')


def expanduser(path):
    return from_machine('os.path.expanduser()') if _text(path).startswith('~') else _text(path)


def expandvars(path):
    return from_machine('os.path.expandvars()') if '$' in _text(path) else _text(path)


def normcase(path):
    return _text(path)


def commonprefix(paths):
    if not paths:
        return ''
    first, last = min(paths), max(paths)
    for index, letter in enumerate(first):
        if letter != last[index]:
            return first[:index]
    return first


def relpath(path, start='.'):
    return from_machine('os.path.relpath()')


def exists(path):
    return from_machine('os.path.exists()')


def isfile(path):
    return from_machine('os.path.isfile()')


def isdir(path):
    return from_machine('os.path.isdir()')


def islink(path):
    return from_machine('os.path.islink()')


def getsize(path):
    return from_machine('os.path.getsize()')


def getmtime(path):
    return from_machine('os.path.getmtime()')
