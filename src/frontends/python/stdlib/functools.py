# Functions that make functions.
from _native import cached_property


class partial:
    def __init__(self, func, /, *args, **keywords):
        if isinstance(func, partial):
            args = func.args + args
            keywords = {**func.keywords, **keywords}
            func = func.func
        self.func = func
        self.args = args
        self.keywords = keywords

    def __call__(self, /, *args, **keywords):
        return self.func(*self.args, *args, **{**self.keywords, **keywords})


class partialmethod:
    def __init__(self, func, /, *args, **keywords):
        self.func = func
        self.args = args
        self.keywords = keywords

    def __get__(self, obj, cls=None):
        return partial(self.func, obj, *self.args, **self.keywords)


def update_wrapper(wrapper, wrapped, assigned=None, updated=None):
    wrapper.__wrapped__ = wrapped
    for name in ('__module__', '__name__', '__qualname__', '__doc__'):
        if hasattr(wrapped, name):
            setattr(wrapper, name, getattr(wrapped, name))
    for name, value in getattr(wrapped, '__dict__', {}).items():
        if name != '__wrapped__':
            setattr(wrapper, name, value)
    return wrapper


def wraps(wrapped, assigned=None, updated=None):
    return lambda wrapper: update_wrapper(wrapper, wrapped)


def reduce(function, iterable, *initial):
    items = iter(iterable)
    value = initial[0] if initial else next(items)
    for item in items:
        value = function(value, item)
    return value


def lru_cache(maxsize=128, typed=False):
    # Who asks twice gets the same object, so that a module made here is one module. What is never dropped here may be
    # dropped there, which matters to nobody who caches on purpose.
    if callable(maxsize):
        return _cached(maxsize)
    return _cached if maxsize != 0 else lambda func: func


def _cached(func):
    known = {}

    def ask(*args, **kwargs):
        key = args + tuple(kwargs.items()) if kwargs else args
        if key not in known:
            known[key] = func(*args, **kwargs)
        return known[key]

    ask.cache_clear = known.clear
    return update_wrapper(ask, func)


cache = _cached


def total_ordering(cls):
    own = [name for name in ('__lt__', '__le__', '__gt__', '__ge__') if name in cls.__dict__]
    if not own:
        raise ValueError('must define at least one ordering operation: < > <= >=')
    rest = {
        '__lt__': {'__gt__': lambda a, b: not (a < b) and a != b, '__le__': lambda a, b: a < b or a == b, '__ge__': lambda a, b: not a < b},
        '__le__': {'__ge__': lambda a, b: not (a <= b) or a == b, '__lt__': lambda a, b: a <= b and a != b, '__gt__': lambda a, b: not a <= b},
        '__gt__': {'__lt__': lambda a, b: not (a > b) and a != b, '__ge__': lambda a, b: a > b or a == b, '__le__': lambda a, b: not a > b},
        '__ge__': {'__le__': lambda a, b: not (a >= b) or a == b, '__gt__': lambda a, b: a >= b and a != b, '__lt__': lambda a, b: not a >= b},
    }[own[0]]
    for name, method in rest.items():
        if name not in own:
            setattr(cls, name, method)
    return cls


def cmp_to_key(compare):
    class Key:
        def __init__(self, value):
            self.value = value

        def __lt__(self, other):
            return compare(self.value, other.value) < 0

    return Key


def singledispatch(func):
    registry = {}

    def register(cls, method=None):
        if method is None:
            if isinstance(cls, type):
                return lambda given: register(cls, given)
            method = cls
            cls = [kind for name, kind in method.__annotations__.items() if name != 'return'][0]
        registry[cls] = method
        return method

    def dispatch(*args, **kwargs):
        for cls in type(args[0]).__mro__:
            if cls in registry:
                return registry[cls](*args, **kwargs)
        return func(*args, **kwargs)

    dispatch.register = register
    return dispatch
