# Versions as they are compared: the release numbers, then what comes before or after them.
import re

_PATTERN = re.compile(
    r'^v?(?:(\d+)!)?(\d+(?:\.\d+)*)(?:[-_.]?(a|b|c|rc|alpha|beta|pre|preview)[-_.]?(\d*))?'
    r'(?:(?:[-_.]?(?:post|rev|r)[-_.]?|-)(\d+))?(?:[-_.]?dev[-_.]?(\d*))?(?:\+([a-z0-9.]+))?$',
    re.IGNORECASE,
)
_STAGES = {'a': 'a', 'alpha': 'a', 'b': 'b', 'beta': 'b', 'c': 'rc', 'rc': 'rc', 'pre': 'rc', 'preview': 'rc'}


class InvalidVersion(ValueError):
    pass


class Version:
    def __init__(self, version):
        found = _PATTERN.match(str(version).strip())
        if found is None:
            raise InvalidVersion(f"Invalid version: '{version}'")
        epoch, release, stage, number, post, dev, local = found.groups()
        self._text = str(version).strip()
        self.epoch = int(epoch or 0)
        self.release = tuple(int(part) for part in release.split('.'))
        self.pre = None if stage is None else (_STAGES[stage.lower()], int(number or 0))
        self.post = None if post is None else int(post)
        self.dev = None if dev is None else int(dev or 0)
        self.local = local

    @property
    def major(self):
        return self.release[0]

    @property
    def minor(self):
        return self.release[1] if len(self.release) > 1 else 0

    @property
    def micro(self):
        return self.release[2] if len(self.release) > 2 else 0

    @property
    def base_version(self):
        return '.'.join(str(part) for part in self.release)

    @property
    def public(self):
        return self._text.split('+')[0]

    @property
    def is_prerelease(self):
        return self.pre is not None or self.dev is not None

    @property
    def is_devrelease(self):
        return self.dev is not None

    @property
    def version(self):
        return list(self.release)

    def _order(self):
        release = list(self.release)
        while len(release) > 1 and release[-1] == 0:
            release.pop()
        if self.pre is not None:
            pre = self.pre
        elif self.dev is not None and self.post is None:
            pre = ('', 0)
        else:
            pre = ('z', 0)
        post = -1 if self.post is None else self.post
        dev = float('inf') if self.dev is None else self.dev
        return self.epoch, tuple(release), pre, post, dev, self.local or ''

    def __str__(self):
        return self._text

    def __repr__(self):
        return f"<Version('{self._text}')>"

    def __hash__(self):
        return hash(self._order())

    def __eq__(self, other):
        return self._order() == _version(other)._order()

    def __lt__(self, other):
        return self._order() < _version(other)._order()

    def __le__(self, other):
        return self._order() <= _version(other)._order()

    def __gt__(self, other):
        return self._order() > _version(other)._order()

    def __ge__(self, other):
        return self._order() >= _version(other)._order()


LegacyVersion = LooseVersion = StrictVersion = Version


def _version(other):
    return other if isinstance(other, Version) else Version(other)


def parse(version):
    return Version(version)


parse_version = parse
