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
    if hasattr(wrapped, '__name__'):
        wrapper.__name__ = wrapped.__name__
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
    if callable(maxsize):
        return maxsize
    return lambda func: func


def cache(func):
    return func


def total_ordering(cls):
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
            return lambda given: register(cls, given)
        registry[cls] = method
        return method

    def dispatch(*args, **kwargs):
        for cls in type(args[0]).__mro__:
            if cls in registry:
                return registry[cls](*args, **kwargs)
        return func(*args, **kwargs)

    dispatch.register = register
    return dispatch
