# Enumerations: members are made when the class is.


class auto:
    pass


class EnumMeta(type):
    def __init__(cls, name, bases, names):
        members = {}
        count = 0
        for key, value in list(names.items()):
            if key.startswith('_') or callable(value) and not isinstance(value, type) and _is_behaviour(value) or _is_descriptor(value):
                continue
            if isinstance(value, auto):
                count += 1
                value = cls._generate_next_value_(key, 1, count - 1, [m._value_ for m in members.values()])
            else:
                count = value if isinstance(value, int) and not isinstance(value, bool) else count + 1
            same = [member for member in members.values() if member._value_ == value]
            member = same[0] if same else cls._make_member(key, value)
            members[key] = member
            type.__setattr__(cls, key, member)
        if members or '_member_map_' not in cls.__dict__:
            type.__setattr__(cls, '_member_map_', members)

    def _make_member(cls, key, value):
        args = value if isinstance(value, tuple) else (value,)
        if issubclass(cls, str):
            member = str.__new__(cls, *args)
        elif issubclass(cls, int):
            member = int.__new__(cls, *args)
        elif issubclass(cls, float):
            member = float.__new__(cls, *args)
        else:
            member = object.__new__(cls)
        object.__setattr__(member, '_value_', value)
        object.__setattr__(member, '_name_', key)
        if '__init__' in [name for base in cls.__mro__ if base is not object and base is not Enum for name in base.__dict__]:
            member.__init__(*args)
        return member

    def __call__(cls, value, names=None, **kwargs):
        if names is not None:
            words = names.replace(',', ' ').split() if isinstance(names, str) else list(names)
            pairs = names.items() if isinstance(names, dict) else [(word, index + 1) for index, word in enumerate(words)]
            return EnumMeta(value, (cls,), dict(pairs))
        for member in cls._member_map_.values():
            if member is value or member._value_ == value:
                return member
        found = cls._missing_(value)
        if found is not None:
            return found
        raise ValueError(f'{value!r} is not a valid {cls.__name__}')

    def __iter__(cls):
        unique = []
        for member in cls._member_map_.values():
            if not any(member is other for other in unique):
                unique.append(member)
        return iter(unique)

    def __reversed__(cls):
        return reversed(list(cls))

    def __len__(cls):
        return len(list(iter(cls)))

    def __getitem__(cls, name):
        return cls._member_map_[name]

    def __contains__(cls, value):
        return any(member is value or member._value_ == value for member in cls._member_map_.values())

    def __bool__(cls):
        return True

    @property
    def __members__(cls):
        return cls._member_map_


def _is_behaviour(value):
    return hasattr(value, '__code__') or type(value).__name__ in ('function', 'method', 'builtin_function_or_method')


def _is_descriptor(value):
    return isinstance(value, (property, classmethod, staticmethod))


class Enum(metaclass=EnumMeta):
    @property
    def value(self):
        return self._value_

    @property
    def name(self):
        return self._name_

    def _generate_next_value_(name, start, count, last_values):
        numbers = [value for value in last_values if isinstance(value, int)]
        return max(numbers) + 1 if numbers else start

    @classmethod
    def _missing_(cls, value):
        return None

    def __eq__(self, other):
        if self is other:
            return True
        if isinstance(self, (str, int, float)) and not isinstance(other, Enum):
            return self._value_ == other
        return False

    def __ne__(self, other):
        return not self == other

    def __str__(self):
        return f'{type(self).__name__}.{self._name_}'

    def __repr__(self):
        return f'<{type(self).__name__}.{self._name_}: {self._value_!r}>'

    def __format__(self, spec):
        return format(str(self), spec)


class IntEnum(int, Enum):
    def __str__(self):
        return str(self._value_)


class StrEnum(str, Enum):
    def _generate_next_value_(name, start, count, last_values):
        return name.lower()

    def __str__(self):
        return self._value_


class Flag(Enum):
    def _generate_next_value_(name, start, count, last_values):
        return 2 ** len(last_values)

    def __or__(self, other):
        return _combine(type(self), self._value_ | other._value_)

    def __and__(self, other):
        return _combine(type(self), self._value_ & other._value_)

    def __contains__(self, other):
        return self._value_ & other._value_ == other._value_

    def __bool__(self):
        return self._value_ != 0


class IntFlag(Flag):
    pass


def _combine(cls, value):
    for member in cls._member_map_.values():
        if member._value_ == value:
            return member
    member = object.__new__(cls)
    object.__setattr__(member, '_value_', value)
    object.__setattr__(member, '_name_', None)
    return member


def unique(cls):
    return cls


EnumType = EnumMeta
