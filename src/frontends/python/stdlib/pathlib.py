# Paths as objects; what the file system holds is not looked at.
import posixpath
from _native import from_machine


class PurePath:
    def __init__(self, *parts):
        self._text = posixpath.normpath(posixpath.join(*parts)) if parts else '.'

    def __str__(self):
        return self._text

    def __fspath__(self):
        return self._text

    def __repr__(self):
        return f'PosixPath({self._text!r})'

    def __eq__(self, other):
        return isinstance(other, PurePath) and self._text == other._text

    def __hash__(self):
        return hash(self._text)

    def __lt__(self, other):
        return self._text < other._text

    def __truediv__(self, other):
        return type(self)(self._text, other)

    def __rtruediv__(self, other):
        return type(self)(other, self._text)

    def joinpath(self, *others):
        return type(self)(self._text, *others)

    def as_posix(self):
        return self._text

    def is_absolute(self):
        return posixpath.isabs(self._text)

    @property
    def parts(self):
        split = tuple(part for part in self._text.split('/') if part)
        return ('/',) + split if self.is_absolute() else split

    @property
    def name(self):
        return posixpath.basename(self._text)

    @property
    def stem(self):
        return posixpath.splitext(self.name)[0]

    @property
    def suffix(self):
        return posixpath.splitext(self.name)[1]

    @property
    def suffixes(self):
        return ['.' + part for part in self.name.lstrip('.').split('.')[1:]]

    @property
    def parent(self):
        return type(self)(posixpath.dirname(self._text) or '.')

    @property
    def parents(self):
        above = []
        path = self
        while path.parent != path:
            path = path.parent
            above.append(path)
        return above

    def with_name(self, name):
        return type(self)(posixpath.join(posixpath.dirname(self._text), name))

    def with_suffix(self, suffix):
        return self.with_name(self.stem + suffix)

    def with_stem(self, stem):
        return self.with_name(stem + self.suffix)

    def relative_to(self, *other):
        start = str(type(self)(*other))
        if self._text == start:
            return type(self)('.')
        if start == '.':
            return self
        if not self._text.startswith(start.rstrip('/') + '/'):
            raise ValueError(f'{self._text!r} is not in the subpath of {start!r}')
        return type(self)(self._text[len(start.rstrip('/')) + 1:])


class Path(PurePath):
    def resolve(self, strict=False):
        return self if self.is_absolute() else from_machine('Path.resolve()')

    def absolute(self):
        return self.resolve()

    def expanduser(self):
        return from_machine('Path.expanduser()') if self._text.startswith('~') else self

    def mkdir(self, *args, **kwargs):
        pass

    def touch(self, *args, **kwargs):
        pass

    def unlink(self, *args, **kwargs):
        pass

    def exists(self):
        return from_machine('Path.exists()')

    def is_file(self):
        return from_machine('Path.is_file()')

    def is_dir(self):
        return from_machine('Path.is_dir()')

    def glob(self, pattern):
        return from_machine('Path.glob()')

    def rglob(self, pattern):
        return from_machine('Path.rglob()')

    def iterdir(self):
        return from_machine('Path.iterdir()')

    def open(self, *args, **kwargs):
        return from_machine('Path.open()')

    def read_text(self, *args, **kwargs):
        return from_machine('Path.read_text()')

    def read_bytes(self):
        return from_machine('Path.read_bytes()')

    def write_text(self, *args, **kwargs):
        pass

    def stat(self):
        return from_machine('Path.stat()')

    @classmethod
    def cwd(cls):
        return from_machine('Path.cwd()')

    @classmethod
    def home(cls):
        return from_machine('Path.home()')


PurePosixPath = PosixPath = Path
