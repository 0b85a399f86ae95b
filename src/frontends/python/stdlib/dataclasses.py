# Classes whose constructor follows from their annotations.
from _native import fill_fields


class _Missing:
    pass


MISSING = _Missing()


class KW_ONLY:
    pass


class Field:
    def __init__(self, default=MISSING, default_factory=MISSING, init=True, kw_only=False, metadata=None):
        self.default = default
        self.default_factory = default_factory
        self.init = init
        self.kw_only = kw_only
        self.metadata = metadata or {}
        self.name = None
        self.type = None


def field(*, default=MISSING, default_factory=MISSING, init=True, repr=True, hash=None, compare=True, metadata=None, kw_only=False):
    return Field(default, default_factory, init, kw_only, metadata)


def dataclass(cls=None, /, *, init=True, repr=True, eq=True, order=False, unsafe_hash=False, frozen=False, match_args=True, kw_only=False, slots=False, weakref_slot=False):
    def wrap(cls):
        return _process(cls, init, repr, eq, kw_only, frozen)

    return wrap if cls is None else wrap(cls)


def _process(cls, init, show, eq, kw_only, frozen=False):
    fields = {}
    for base in reversed(cls.__mro__[1:]):
        for name, known in base.__dict__.get('__dataclass_fields__', {}).items():
            fields[name] = known
    for name, annotation in cls.__annotations__.items():
        kind = str(annotation)
        if 'ClassVar' in kind:
            continue
        if 'KW_ONLY' in kind:
            kw_only = True
            continue
        default = cls.__dict__.get(name, MISSING)
        made = default if isinstance(default, Field) else Field(default)
        made.name = name
        made.type = annotation
        made.kw_only = made.kw_only or kw_only
        made.init_only = 'InitVar' in kind
        fields[name] = made
        if isinstance(default, Field):
            if default.default is MISSING:
                delattr(cls, name)
            else:
                setattr(cls, name, default.default)
    cls.__dataclass_fields__ = fields
    cls.__match_args__ = tuple(name for name, known in fields.items() if known.init and not known.kw_only)
    if init and '__init__' not in cls.__dict__:
        cls.__init__ = _constructor(cls, fields, frozen)
    if show and '__repr__' not in cls.__dict__:
        cls.__repr__ = _show
    if eq and '__eq__' not in cls.__dict__:
        cls.__eq__ = _same
    return cls


def _constructor(cls, fields, frozen=False):
    rows = [
        (
            name,
            known.init,
            known.kw_only,
            known.default is not MISSING,
            known.default,
            None if known.default_factory is MISSING else known.default_factory,
            known.init_only,
        )
        for name, known in fields.items()
    ]

    def __init__(self, /, *args, **kwargs):
        late = fill_fields(rows, self, args, kwargs, frozen)
        if hasattr(self, '__post_init__'):
            self.__post_init__(*late)

    __init__.__dataclass_fields__ = fields
    return __init__


def _show(self):
    parts = [f'{name}={getattr(self, name)!r}' for name in self.__dataclass_fields__]
    return f"{type(self).__name__}({', '.join(parts)})"


def _same(self, other):
    if type(other) is not type(self):
        return NotImplemented
    return all(getattr(self, name) == getattr(other, name) for name in self.__dataclass_fields__)


def fields(cls):
    return tuple(cls.__dataclass_fields__.values())


def is_dataclass(value):
    return hasattr(value, '__dataclass_fields__')


def asdict(value, *, dict_factory=dict):
    return dict_factory([(name, _plain(getattr(value, name))) for name in value.__dataclass_fields__])


def astuple(value):
    return tuple(_plain(getattr(value, name)) for name in value.__dataclass_fields__)


def _plain(value):
    if hasattr(value, '__dataclass_fields__') and not isinstance(value, type):
        return asdict(value)
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return value


def replace(value, /, **changes):
    given = {name: getattr(value, name) for name, known in value.__dataclass_fields__.items() if known.init}
    given.update(changes)
    return type(value)(**given)


def make_dataclass(name, fields, **kwargs):
    names = [item if isinstance(item, str) else item[0] for item in fields]
    cls = type(name, (), {})
    made = {}
    for item in fields:
        default = item[2] if not isinstance(item, str) and len(item) > 2 else MISSING
        field_name = item if isinstance(item, str) else item[0]
        known = default if isinstance(default, Field) else Field(default)
        known.name = field_name
        known.init_only = False
        made[field_name] = known
    cls.__dataclass_fields__ = made
    cls.__init__ = _constructor(cls, made)
    cls.__match_args__ = tuple(names)
    return cls
