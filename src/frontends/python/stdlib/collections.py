# Containers of the standard library.
from _native import OrderedDict, type_name


class defaultdict(dict):
    def __init__(self, default_factory=None, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.default_factory = default_factory

    def __missing__(self, key):
        if self.default_factory is None:
            raise KeyError(key)
        value = self.default_factory()
        self[key] = value
        return value


class Counter(dict):
    def __init__(self, iterable=None, **kwargs):
        super().__init__()
        self.update(iterable, **kwargs)

    def __missing__(self, key):
        return 0

    def update(self, iterable=None, **kwargs):
        if isinstance(iterable, dict):
            for key, count in iterable.items():
                self[key] = self.get(key, 0) + count
        elif iterable is not None:
            for key in iterable:
                self[key] = self.get(key, 0) + 1
        for key, count in kwargs.items():
            self[key] = self.get(key, 0) + count

    def subtract(self, iterable=None, **kwargs):
        for key, count in Counter(iterable, **kwargs).items():
            self[key] = self[key] - count

    def total(self):
        return sum(self.values())

    def copy(self):
        return Counter(self)

    def _joined(self, other, join):
        counts = {key: join(self[key], other[key]) for key in [*self, *[key for key in other if key not in self]]}
        return Counter({key: count for key, count in counts.items() if count > 0})

    def __add__(self, other):
        return self._joined(other, lambda a, b: a + b)

    def __sub__(self, other):
        return self._joined(other, lambda a, b: a - b)

    def __or__(self, other):
        return self._joined(other, max)

    def __and__(self, other):
        return self._joined(other, min)

    def most_common(self, n=None):
        ordered = sorted(self.items(), key=lambda item: -item[1])
        return ordered if n is None else ordered[:n]

    def elements(self):
        for key, count in self.items():
            for _ in range(count):
                yield key


class deque(list):
    def __init__(self, iterable=(), maxlen=None):
        super().__init__(iterable)
        self.maxlen = maxlen
        self._trim()

    def _trim(self):
        while self.maxlen is not None and len(self) > self.maxlen:
            list.pop(self, 0)

    def append(self, item):
        list.append(self, item)
        self._trim()

    def extend(self, items):
        list.extend(self, items)
        self._trim()

    def __iadd__(self, items):
        self.extend(items)
        return self

    def copy(self):
        return deque(self, self.maxlen)

    def appendleft(self, item):
        list.insert(self, 0, item)
        if self.maxlen is not None and len(self) > self.maxlen:
            list.pop(self)

    def popleft(self):
        return list.pop(self, 0)

    def extendleft(self, items):
        for item in items:
            self.appendleft(item)

    def rotate(self, n=1):
        for _ in range(n % len(self) if len(self) > 0 else 0):
            list.insert(self, 0, list.pop(self))


class ChainMap:
    def __init__(self, *maps):
        self.maps = list(maps) or [{}]

    def __getitem__(self, key):
        for mapping in self.maps:
            if key in mapping:
                return mapping[key]
        raise KeyError(key)

    def __contains__(self, key):
        return any(key in mapping for mapping in self.maps)

    def get(self, key, default=None):
        return self[key] if key in self else default

    def keys(self):
        return list(dict.fromkeys(key for mapping in reversed(self.maps) for key in mapping))

    def __iter__(self):
        return iter(self.keys())

    def __len__(self):
        return len(self.keys())


class UserDict(dict):
    @property
    def data(self):
        return self


class UserList(list):
    @property
    def data(self):
        return self


def _field(index):
    return property(lambda self: tuple.__getitem__(self, index))


def _tuple_class(name, fields, defaults, base=tuple):
    fields = tuple(fields)

    def make(cls, *args, **kwargs):
        if len(args) > len(fields):
            raise TypeError(f'{name}() takes {len(fields)} positional arguments but {len(args)} were given')
        values = list(args)
        for field in fields[len(args):]:
            if field in kwargs:
                values.append(kwargs.pop(field))
            elif field in defaults:
                values.append(defaults[field])
            else:
                raise TypeError(f"{name}() missing 1 required argument: '{field}'")
        if kwargs:
            raise TypeError(f'{name}() got unexpected keyword arguments')
        return tuple.__new__(cls, values)

    def _replace(self, **kwargs):
        return type(self)(*[kwargs.get(field, value) for field, value in zip(fields, self)])

    def _asdict(self):
        return dict(zip(fields, self))

    def _make(cls, values):
        return cls(*values)

    def show(self):
        return f"{name}({', '.join(f'{field}={value!r}' for field, value in zip(fields, self))})"

    names = {field: _field(index) for index, field in enumerate(fields)}
    names['_fields'] = fields
    names['_field_defaults'] = defaults
    names['__match_args__'] = fields
    names['__new__'] = staticmethod(make)
    names['_replace'] = _replace
    names['_asdict'] = _asdict
    names['_make'] = classmethod(_make)
    names['__repr__'] = show
    return type(name, (base,), names)


def namedtuple(typename, field_names, *, rename=False, defaults=None, module=None):
    if isinstance(field_names, str):
        field_names = field_names.replace(',', ' ').split()
    fields = list(field_names)
    defaults = list(defaults or ())
    return _tuple_class(typename, fields, dict(zip(fields[len(fields) - len(defaults):], defaults)))


class _NamedTupleMeta(type):
    def __new__(meta, name, bases, names):
        if meta._root is None:
            meta._root = name
            return type.__new__(meta, name, bases, names)
        fields = list(names.get('__annotations__', {}))
        if not fields:
            return type.__new__(meta, name, bases, names)
        defaults = {field: names[field] for field in fields if field in names}
        made = _tuple_class(name, fields, defaults)
        for key, value in names.items():
            if key not in fields and key not in ('__module__', '__annotations__'):
                setattr(made, key, value)
        return made

    _root = None


class NamedTuple(metaclass=_NamedTupleMeta):
    pass
