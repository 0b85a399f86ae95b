# Signatures of functions, as decorators ask for them.
from _native import OrderedDict, annotations_of, parameters_of


class _Empty:
    pass


class Parameter:
    POSITIONAL_ONLY = 0
    POSITIONAL_OR_KEYWORD = 1
    VAR_POSITIONAL = 2
    KEYWORD_ONLY = 3
    VAR_KEYWORD = 4
    empty = _Empty

    def __init__(self, name, kind, default=_Empty, annotation=_Empty):
        self.name = name
        self.kind = kind
        self.default = default
        self.annotation = annotation


class _BoundArguments:
    def __init__(self, signature, arguments):
        self.signature = signature
        self.arguments = arguments

    def apply_defaults(self):
        for name, parameter in self.signature.parameters.items():
            if name not in self.arguments and parameter.default is not _Empty:
                self.arguments[name] = parameter.default


class Signature:
    empty = _Empty

    def __init__(self, parameters):
        self.parameters = OrderedDict((parameter.name, parameter) for parameter in parameters)
        self.return_annotation = _Empty

    def bind(self, *args, **kwargs):
        names = [p.name for p in self.parameters.values() if p.kind in (0, 1)]
        arguments = OrderedDict(zip(names, args))
        arguments.update(kwargs)
        return _BoundArguments(self, arguments)

    def bind_partial(self, *args, **kwargs):
        return self.bind(*args, **kwargs)


def signature(func, **kwargs):
    while hasattr(func, '__wrapped__'):
        func = func.__wrapped__
    bound = False
    if isinstance(func, type):
        func = func.__init__
        bound = True
    return Signature([
        Parameter(name, kind, default if has_default else _Empty)
        for name, kind, has_default, default in parameters_of(func, bound)
    ])


class _FullArgSpec:
    pass


def getfullargspec(func):
    spec = _FullArgSpec()
    rows = parameters_of(func, False)
    spec.args = [name for name, kind, _, _ in rows if kind in (0, 1)]
    spec.varargs = next((name for name, kind, _, _ in rows if kind == 2), None)
    spec.varkw = next((name for name, kind, _, _ in rows if kind == 4), None)
    spec.kwonlyargs = [name for name, kind, _, _ in rows if kind == 3]
    spec.defaults = tuple(default for _, kind, given, default in rows if given and kind in (0, 1)) or None
    spec.kwonlydefaults = {name: default for name, kind, given, default in rows if given and kind == 3} or None
    return spec


getargspec = getfullargspec


def isfunction(value):
    return type(value).__name__ == 'function'


def ismethod(value):
    return type(value).__name__ == 'method'


def isclass(value):
    return isinstance(value, type)


def ismodule(value):
    return type(value).__name__ == 'module'


def isbuiltin(value):
    return type(value).__name__ == 'builtin_function_or_method'


def getmembers(value, predicate=None):
    pairs = [(name, getattr(value, name)) for name in dir(value)]
    return [(name, item) for name, item in pairs if predicate is None or predicate(item)]


def unwrap(func):
    while hasattr(func, '__wrapped__'):
        func = func.__wrapped__
    return func


def get_annotations(obj, *, globals=None, locals=None, eval_str=False):
    return annotations_of(obj)


def getdoc(value):
    return value.__doc__


def getmro(cls):
    return cls.__mro__


def iscoroutinefunction(value):
    return False


def isgeneratorfunction(value):
    return False


def isroutine(value):
    return isfunction(value) or ismethod(value) or isbuiltin(value)
